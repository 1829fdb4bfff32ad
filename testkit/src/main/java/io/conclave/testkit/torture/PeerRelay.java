package io.conclave.testkit.torture;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The network before one member's peer port: other members connect here, and what they send is
 * passed on unless the link is disturbed. A member is known by its own loopback address, from which
 * it connects. Artery sends in one direction per connection, so a link is one direction.
 */
final class PeerRelay implements AutoCloseable {
  private static final int BACKLOG = 64;
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int FIRST_ADDRESS = 11;

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final Link[] links;
  private final List<Passage> passages = new ArrayList<>();

  /** What happens to what a member sends to another. */
  enum Link {
    OPEN,
    /** Bytes wait and arrive late; connections stay. */
    STALLED,
    /** Connections are closed and new ones refused. */
    CUT
  }

  /** Two sockets whose bytes are passed on. */
  private record Passage(int from, Socket sender, Socket receiver) {
    void close() throws IOException {
      sender.close();
      receiver.close();
    }
  }

  private PeerRelay(ServerSocket listener, InetSocketAddress target, int members) {
    this.listener = listener;
    this.target = target;
    this.links = new Link[members];
    Arrays.fill(links, Link.OPEN);
  }

  /** Listens on a free port for the member whose peer port is at {@code target}. */
  static PeerRelay open(URI target, int members) throws IOException {
    var listener = new ServerSocket(0, BACKLOG, InetAddress.getByName("127.0.0.1"));
    var address = new InetSocketAddress(target.getHost(), target.getPort());
    PeerRelay relay = new PeerRelay(listener, address, members);
    Thread.ofVirtual().start(relay::accept);
    return relay;
  }

  /** The address that this member has to send from. */
  static String addressOf(int member) {
    return "127.0.0." + (FIRST_ADDRESS + member);
  }

  /** What others take for the member's peer URL. */
  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Sets what happens to all that {@code from} sends. */
  synchronized void set(int from, Link link) throws IOException {
    links[from] = link;
    if (link == Link.CUT) {
      for (Passage passage : List.copyOf(passages)) {
        if (passage.from() == from) {
          passage.close();
        }
      }
    }
    notifyAll();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (int from = 0; from < links.length; from++) {
      set(from, Link.CUT);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket sender = listener.accept();
        Thread.ofVirtual().start(() -> connect(sender));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket sender) {
    try (sender;
        Socket receiver = new Socket()) {
      int from = sender.getInetAddress().getAddress()[3] - FIRST_ADDRESS;
      Passage passage = new Passage(from, sender, receiver);
      if (!admit(passage)) {
        return;
      }
      try {
        receiver.connect(target);
        receiver.setTcpNoDelay(true);
        sender.setTcpNoDelay(true);
        Thread back = Thread.ofVirtual().start(() -> pass(receiver, sender, from));
        pass(sender, receiver, from);
        back.join();
      } finally {
        remove(passage);
      }
    } catch (IOException refused) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Copies until an end, and ends both then. */
  private void pass(Socket source, Socket sink, int from) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (source;
        sink) {
      InputStream in = source.getInputStream();
      OutputStream out = sink.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitNotStalled(from);
        out.write(buffer, 0, read);
      }
    } catch (IOException closed) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean admit(Passage passage) {
    boolean admitted = !isMember(passage.from()) || links[passage.from()] != Link.CUT;
    if (admitted) {
      passages.add(passage);
    }
    return admitted;
  }

  private synchronized void remove(Passage passage) {
    passages.remove(passage);
  }

  private synchronized void awaitNotStalled(int from) throws InterruptedException {
    while (isMember(from) && links[from] == Link.STALLED) {
      wait();
    }
  }

  /** Requests to the peer port's HTTP come from elsewhere. */
  private boolean isMember(int from) {
    return from >= 0 && from < links.length;
  }
}
