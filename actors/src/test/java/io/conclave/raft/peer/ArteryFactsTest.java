package io.conclave.raft.peer;

import static io.conclave.raft.peer.PeerSystem.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.Props;
import org.apache.pekko.remote.artery.GracefulShutdownQuarantinedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What we rely on in Pekko's remoting (architecture §2.2); an upgrade checks it again. */
final class ArteryFactsTest {
  private static final byte[] MAGIC = {1, 'c', 'v', '1'};
  private static final int KIB = 1 << 10;

  private final List<PeerSystem> systems = new ArrayList<>();

  @AfterEach
  void stop() {
    systems.forEach(PeerSystem::close);
  }

  @Test
  void messagesFlowBetweenSystemsThatNeverJoinedACluster() throws Exception {
    PeerSystem one = start(0);
    PeerSystem two = start(0);
    BlockingQueue<Object> received = two.collect("member");
    one.ref(two.address(), "/user/member").tell("hello", ActorRef.noSender());
    assertEquals("hello", await(received));
  }

  @Test
  void aConnectionBeginsWithMagicStreamIdAndLittleEndianLength() throws Exception {
    PeerSystem one = start(0);
    try (ServerSocket stranger = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      stranger.setSoTimeout(10_000);
      String address = "pekko://conclave@127.0.0.1:" + stranger.getLocalPort();
      one.ref(address, "/user/member").tell("ordinary", ActorRef.noSender());
      one.ref(address, "/user/raft/bulk/assembler-1").tell("large", ActorRef.noSender());
      var streams = new TreeSet<Integer>();
      while (streams.size() < 3) {
        try (Socket accepted = stranger.accept()) {
          var in = new DataInputStream(accepted.getInputStream());
          assertArrayEquals(MAGIC, in.readNBytes(4));
          streams.add(in.read());
          int length = Integer.reverseBytes(in.readInt());
          assertTrue(length > 0 && length <= 256 * KIB, "handshake of " + length);
        }
      }
      assertEquals(new TreeSet<>(List.of(1, 2, 3)), streams);
    }
  }

  @Test
  void theAcceptingSideNeverWrites() throws Exception {
    PeerSystem one = start(0);
    try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), one.port())) {
      stranger.getOutputStream().write(MAGIC);
      stranger.getOutputStream().write(2);
      stranger.setSoTimeout(500);
      assertThrows(SocketTimeoutException.class, () -> stranger.getInputStream().read());
    }
  }

  @Test
  void anotherMagicEndsTheConnection() throws Exception {
    PeerSystem one = start(0);
    try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), one.port())) {
      stranger.getOutputStream().write(new byte[] {'A', 'K', 'K', 'A', 2, 1, 0, 0, 0, 0});
      stranger.setSoTimeout(10_000);
      assertTrue(endOf(stranger), "still open");
    }
  }

  @Test
  void untrustedModeStopsKillsAndSelectionsButNotTells() throws Exception {
    PeerSystem one = start(0);
    PeerSystem two = start(0);
    BlockingQueue<Object> received = two.collect("member");
    BlockingQueue<Object> trusted = two.collect("trusted");
    ActorRef member = one.ref(two.address(), "/user/member");
    member.tell(PoisonPill.getInstance(), ActorRef.noSender());
    member.tell(Kill.getInstance(), ActorRef.noSender());
    one.selection(two.address(), "/user/member").tell("selected", ActorRef.noSender());
    member.tell("told", ActorRef.noSender());
    assertEquals("told", await(received));
    one.selection(two.address(), "/user/trusted").tell("selected", ActorRef.noSender());
    assertEquals("selected", await(trusted));
    assertTrue(received.isEmpty(), "got " + received);
  }

  @Test
  void onlySelectionsReachTheSuccessorOfAPeerThatStoppedGracefully() throws Exception {
    PeerSystem one = start(0);
    PeerSystem two = PeerSystem.start(0);
    BlockingQueue<Object> before = two.collect("trusted");
    BlockingQueue<Object> quarantined = listen(one, GracefulShutdownQuarantinedEvent.class);
    ActorRef plain = one.ref(two.address(), "/user/trusted");
    plain.tell("before", ActorRef.noSender());
    assertEquals("before", await(before));
    two.close();
    await(quarantined);

    PeerSystem successor = start(two.port());
    BlockingQueue<Object> after = successor.collect("trusted");
    plain.tell("lost", ActorRef.noSender());
    var heard = new ArrayList<Object>();
    for (int attempt = 0; attempt < 50 && !heard.contains("plain again"); attempt++) {
      one.selection(successor.address(), "/user/trusted").tell("greeting", ActorRef.noSender());
      heard.add(await(after));
      plain.tell("plain again", ActorRef.noSender());
      Object next = after.poll(200, TimeUnit.MILLISECONDS);
      heard.add(next == null ? "silence" : next);
    }
    assertEquals("greeting", heard.getFirst());
    assertEquals("plain again", heard.getLast());
  }

  @Test
  void theRecipientsPathDecidesHowLargeAMessageMayBe() throws Exception {
    PeerSystem one = start(0);
    PeerSystem two = start(0);
    BlockingQueue<Object> ordinary = two.collect("member");
    BlockingQueue<Object> large = new LinkedBlockingQueue<>();
    two.system()
        .actorOf(
            Folder.holding("bulk", Folder.holding("assembler-1", PeerSystem.collector(large))),
            "raft");
    ActorRef member = one.ref(two.address(), "/user/member");
    ActorRef bulk = one.ref(two.address(), "/user/raft/bulk/assembler-1");

    member.tell(new byte[300 * KIB], ActorRef.noSender());
    member.tell(new byte[250 * KIB], ActorRef.noSender());
    assertEquals(250 * KIB, ((byte[]) await(ordinary)).length, "300 KiB are dropped, 250 pass");

    bulk.tell(new byte[3 * KIB * KIB], ActorRef.noSender());
    bulk.tell(new byte[2000 * KIB], ActorRef.noSender());
    assertEquals(2000 * KIB, ((byte[]) await(large)).length, "3 MiB are dropped, 2000 KiB pass");
  }

  /** Why the lanes of each boot have paths of their own. */
  @Test
  void theSuccessorOfAnActorIsNotReachedUnderItsPath() throws Exception {
    PeerSystem one = start(0);
    PeerSystem two = start(0);
    BlockingQueue<Object> received = two.collect("trusted");
    ActorRef member = one.ref(two.address(), "/user/trusted");
    member.tell("first", ActorRef.noSender());
    assertEquals("first", await(received));
    BlockingQueue<Object> successor = two.replace("trusted");
    BlockingQueue<Object> other = two.collect("other");
    member.tell("to the old path", ActorRef.noSender());
    one.ref(two.address(), "/user/trusted").tell("by another reference", ActorRef.noSender());
    one.ref(two.address(), "/user/other").tell("to a new path", ActorRef.noSender());
    assertEquals("to a new path", await(other));
    assertTrue(successor.isEmpty(), "the same connection keeps the order");
    one.selection(two.address(), "/user/trusted").tell("selected", ActorRef.noSender());
    assertEquals("selected", await(successor));
  }

  @Test
  void aTargetWithAnotherTextForTheSameHostIsNotReached() throws Exception {
    PeerSystem one = start(0);
    PeerSystem two = start(0);
    BlockingQueue<Object> received = two.collect("member");
    String other = two.address().replace("127.0.0.1", "localhost");
    one.ref(other, "/user/member").tell("by name", ActorRef.noSender());
    assertEquals(null, received.poll(700, TimeUnit.MILLISECONDS));
    one.ref(two.address(), "/user/member").tell("by address", ActorRef.noSender());
    assertEquals("by address", await(received));
  }

  @Test
  void canonicalAndBoundAddressMayDiffer() throws Exception {
    int port = FreePort.take();
    PeerSystem one =
        start(1, "pekko.remote.artery.bind { hostname = \"127.0.0.1\", port = %d }", port);
    assertEquals(1, one.port());
    new Socket(InetAddress.getLoopbackAddress(), port).close();
  }

  private PeerSystem start(int port) {
    return start(port, "");
  }

  private PeerSystem start(int port, String moreConfig, Object... arguments) {
    PeerSystem system = PeerSystem.start(port, moreConfig.formatted(arguments));
    systems.add(system);
    return system;
  }

  private static BlockingQueue<Object> listen(PeerSystem system, Class<?> event) {
    BlockingQueue<Object> events = system.collect("listener");
    ActorRef listener = system.ref(system.address(), "/user/listener");
    system.system().eventStream().subscribe(listener, event);
    return events;
  }

  private static boolean endOf(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() == -1;
    } catch (SocketTimeoutException silence) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  /** Gives its child a path with one more part. */
  private static final class Folder extends AbstractActor {
    private Folder(String name, Props child) {
      getContext().actorOf(child, name);
    }

    private static Props holding(String name, Props child) {
      return Props.create(Folder.class, () -> new Folder(name, child));
    }

    @Override
    public Receive createReceive() {
      return emptyBehavior();
    }
  }
}
