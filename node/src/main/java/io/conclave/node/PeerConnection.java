package io.conclave.node;

import io.conclave.http.KeepAlive;
import io.conclave.node.PeerPort.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection that {@link PeerPort} accepted, from its first byte to its end. */
final class PeerConnection implements Runnable, ArterySlots.Holder {
  private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);

  /** The first bytes of our Artery connections; must equal the setting {@code tcp-magic}. */
  private static final byte[] MAGIC = {1, 'c', 'v', '1'};

  private static final int ARTERY_BUFFER_BYTES = 64 << 10;
  private static final int HTTP_BUFFER_BYTES = 16 << 10;

  /** How long a client may go on sending to an HTTP server that has ended the connection. */
  private static final Duration LINGER = Duration.ofSeconds(10);

  private final PeerPort port;
  private final SocketChannel peer;
  private final InetSocketAddress remote;

  /** When something came last from an Artery connection, and whether a whole frame ever did. */
  private volatile long heardNanos = System.nanoTime();

  private volatile boolean framed;

  PeerConnection(PeerPort port, SocketChannel peer) {
    this.port = port;
    this.peer = peer;
    this.remote = (InetSocketAddress) peer.socket().getRemoteSocketAddress();
  }

  @Override
  public InetAddress address() {
    return remote.getAddress();
  }

  @Override
  public long heardNanos() {
    return heardNanos;
  }

  /** Decides by the first bytes whom the connection is for, and serves HTTP right here. */
  @Override
  public void run() {
    try {
      peer.setOption(StandardSocketOptions.TCP_NODELAY, true);
      KeepAlive.on(peer.socket());
      long deadline = System.nanoTime() + port.limits().firstBytes().toNanos();
      byte[] first = new byte[MAGIC.length];
      if (!read(first, 0, 1, deadline)) {
        end();
      } else if (first[0] != MAGIC[0]) {
        serveHttp(ByteBuffer.wrap(first, 0, 1));
      } else if (read(first, 1, MAGIC.length, deadline) && Arrays.equals(first, MAGIC)) {
        startArtery();
      } else {
        refuse(Refused.WRONG_MAGIC);
      }
    } catch (SocketTimeoutException silent) {
      refuse(Refused.SILENT);
    } catch (IOException gone) {
      end();
    } catch (RuntimeException | OutOfMemoryError failed) {
      resetAfter(failed);
    }
  }

  /** Counts why and resets the connection, so that whoever sees the reset sees the count. */
  void refuse(Refused why) {
    try {
      port.count(remote, why);
    } finally {
      reset();
    }
  }

  /** Ends the connection so that the other side notices at once, also with bytes still unread. */
  void reset() {
    try {
      peer.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException closedAlready) {
      // Then it has been ended, one way or the other.
    }
    end();
  }

  /** For want of memory or threads, or by a bug. */
  private void resetAfter(Throwable failure) {
    LOG.atWarn().addKeyValue("remote", remote).setCause(failure).log("a peer's connection failed");
    reset();
  }

  private void end() {
    close(peer);
    port.ended(this);
  }

  /** Fills {@code bytes} between the two offsets; false if the connection ended before. */
  private boolean read(byte[] bytes, int from, int to, long deadline) throws IOException {
    InputStream in = peer.socket().getInputStream();
    for (int at = from; at < to; ) {
      long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (millis <= 0) {
        throw new SocketTimeoutException();
      }
      peer.socket().setSoTimeout((int) millis);
      int count = in.read(bytes, at, to - at);
      if (count < 0) {
        return false;
      }
      at += count;
    }
    return true;
  }

  private Optional<SocketChannel> connect(InetSocketAddress target) {
    try {
      SocketChannel channel = SocketChannel.open(target);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      return Optional.of(channel);
    } catch (IOException unavailable) {
      refuse(Refused.NO_TARGET);
      return Optional.empty();
    }
  }

  private void startArtery() {
    if (!port.tryArtery(this)) {
      refuse(Refused.TOO_MANY_CONNECTIONS);
      return;
    }
    Thread server =
        Thread.ofPlatform()
            .daemon()
            .name("peer-artery-" + remote.getPort())
            .unstarted(this::serveArtery);
    try {
      server.start();
    } catch (OutOfMemoryError noThread) {
      port.arteryEnded(this, remote);
      throw noThread;
    }
  }

  private void serveArtery() {
    try {
      connect(port.targets().artery()).ifPresent(this::splice);
    } catch (RuntimeException | OutOfMemoryError failed) {
      resetAfter(failed);
    } finally {
      port.arteryEnded(this, remote);
    }
  }

  private void splice(SocketChannel artery) {
    try {
      Thread.ofVirtual().name("peer-artery-end").start(() -> awaitEnd(artery));
      copyFrames(artery);
    } finally {
      close(artery);
      end();
    }
  }

  private void copyFrames(SocketChannel artery) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(ARTERY_BUFFER_BYTES).put(MAGIC);
    FrameGuard guard = new FrameGuard(port.limits().frames());
    try {
      writeAll(buffer.flip(), artery);
      while (peer.read(buffer.clear()) >= 0) {
        heardNanos = System.nanoTime();
        switch (guard.inspect(buffer.flip())) {
          case FINE -> {
            framed = framed || guard.framePassed();
            writeAll(buffer, artery);
          }
          case UNKNOWN_STREAM -> {
            refuse(Refused.UNKNOWN_STREAM);
            return;
          }
          case FRAME_LENGTH -> {
            refuse(Refused.FRAME_LENGTH);
            return;
          }
        }
      }
    } catch (IOException ended) {
      reset();
    }
  }

  /** Artery never writes to an inbound connection, so whatever comes back is its end. */
  private void awaitEnd(SocketChannel artery) {
    try {
      if (awaitFirstFrame(artery)) {
        artery.read(ByteBuffer.allocate(1));
      }
    } catch (IOException closed) {
      // The same end in another form.
    }
    close(artery);
    end();
  }

  /**
   * A peer connects when it has a message, and sends that at once; a stranger may send nothing.
   *
   * @return false if the connection has ended, or has been silent for too long
   */
  private boolean awaitFirstFrame(SocketChannel artery) throws IOException {
    while (!framed) {
      long left = port.limits().silence().toNanos() - (System.nanoTime() - heardNanos);
      if (left <= 0) {
        refuse(Refused.SILENT);
        return false;
      }
      artery.socket().setSoTimeout(Math.toIntExact(left / 1_000_000 + 1));
      try {
        artery.socket().getInputStream().read();
        return false;
      } catch (SocketTimeoutException noEnd) {
        // Time to look again.
      }
    }
    return true;
  }

  private void serveHttp(ByteBuffer first) {
    connect(port.targets().http())
        .ifPresent(
            http -> {
              Thread upload = Thread.ofVirtual().start(() -> copy(first, peer, http));
              copy(ByteBuffer.allocate(0), http, peer);
              join(upload);
              close(http);
              end();
            });
  }

  /** Writes {@code first} and all that follows; the end of the one is a half-close of the other. */
  private static void copy(ByteBuffer first, SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(HTTP_BUFFER_BYTES);
    try {
      writeAll(first, to);
      while (from.read(buffer.clear()) >= 0) {
        writeAll(buffer.flip(), to);
      }
      to.shutdownOutput();
    } catch (IOException broken) {
      close(from);
      close(to);
    }
  }

  private static void join(Thread upload) {
    try {
      upload.join(LINGER);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private static void writeAll(ByteBuffer bytes, SocketChannel to) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException alreadyBroken) {
      // Nothing is left to release.
    }
  }
}
