package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.conclave.node.PeerPort.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two actor systems that know only each other's peer port. */
final class ArteryThroughPeerPortTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int FRAME_BYTES_MAX = 256 << 10;
  private static final int LARGE_FRAME_BYTES_MAX = 2 << 20;

  private final List<Member> members = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (Member member : members) {
      member.stop();
    }
  }

  @Test
  void messagesOfBothLanesPassBothPorts() throws Exception {
    Member one = start();
    Member two = start();
    one.ref(two, "/user/member").tell("there", ActorRef.noSender());
    assertEquals("there", await(two.received));
    two.ref(one, "/user/member").tell("back", ActorRef.noSender());
    assertEquals("back", await(one.received));
    one.ref(two, "/user/bulk").tell(new byte[2_000_000], ActorRef.noSender());
    assertEquals(2_000_000, ((byte[]) await(two.received)).length);
    one.ref(two, "/user/member").tell(new byte[250_000], ActorRef.noSender());
    assertEquals(250_000, ((byte[]) await(two.received)).length);
    assertEquals(0, two.port.refused(Refused.FRAME_LENGTH));
  }

  @Test
  void aStrangersClaimCostsNothingAndDisturbsNobody() throws Exception {
    Member one = start();
    Member two = start();
    one.ref(two, "/user/member").tell("before", ActorRef.noSender());
    assertEquals("before", await(two.received));
    for (int streamId = 1; streamId <= 3; streamId++) {
      try (Socket stranger = new Socket(LOOPBACK, two.address().getPort())) {
        stranger.setSoTimeout(30_000);
        stranger.getOutputStream().write(new byte[] {1, 'c', 'v', '1', (byte) streamId});
        stranger.getOutputStream().write(new byte[] {-1, -1, -1, 0x7F, 1, 2, 3});
        assertTrue(ended(stranger), "a frame near 2^31 was let in");
      }
    }
    assertEquals(3, two.port.refused(Refused.FRAME_LENGTH));
    one.ref(two, "/user/member").tell("after", ActorRef.noSender());
    assertEquals("after", await(two.received));
  }

  @Test
  void theEndOfAPeerIsTold() throws Exception {
    Member one = start();
    Member two = start();
    one.ref(two, "/user/member").tell("before", ActorRef.noSender());
    assertEquals("before", await(two.received));
    one.stop();
    members.remove(one);
    await(two.closed);
  }

  private Member start() throws IOException {
    Member member = new Member();
    members.add(member);
    return member;
  }

  private static boolean ended(Socket socket) {
    try {
      return socket.getInputStream().read() == -1;
    } catch (IOException reset) {
      return !(reset instanceof SocketTimeoutException);
    }
  }

  private static Object await(BlockingQueue<?> queue) throws InterruptedException {
    Object next = queue.poll(20, TimeUnit.SECONDS);
    assertTrue(next != null, "nothing came");
    return next;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
      return free.getLocalPort();
    }
  }

  /** Its Artery is bound to a port that nobody else knows. */
  private static final class Member {
    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<InetSocketAddress> closed = new LinkedBlockingQueue<>();
    private final ActorSystem system;
    private final PeerPort port;

    private Member() throws IOException {
      var canonical = new InetSocketAddress(LOOPBACK, freePort());
      var bound = new InetSocketAddress(LOOPBACK, freePort());
      system = ActorSystem.create("conclave", config(canonical.getPort(), bound.getPort()));
      system.actorOf(Props.create(Collector.class, () -> new Collector(received)), "member");
      system.actorOf(Props.create(Collector.class, () -> new Collector(received)), "bulk");
      port =
          PeerPort.open(
              List.of(canonical),
              new PeerPort.Targets(bound, new InetSocketAddress(LOOPBACK, 1)),
              new PeerPort.Limits(
                  64,
                  32,
                  Duration.ofSeconds(10),
                  new FrameGuard.Limits(FRAME_BYTES_MAX, LARGE_FRAME_BYTES_MAX)),
              new PeerPort.Events() {
                @Override
                public void arteryClosed(InetSocketAddress remote) {
                  closed.add(remote);
                }

                @Override
                public void refused(InetSocketAddress remote, Refused why) {}
              });
    }

    private InetSocketAddress address() {
      return port.addresses().getFirst();
    }

    private ActorRef ref(Member other, String path) {
      String address = "pekko://conclave@127.0.0.1:" + other.address().getPort();
      return ((ExtendedActorSystem) system).provider().resolveActorRef(address + path);
    }

    private void stop() throws Exception {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
      port.close();
    }

    private static Config config(int canonicalPort, int boundPort) {
      return ConfigFactory.parseString(
              """
              pekko {
                loggers = []
                loglevel = OFF
                stdout-loglevel = OFF
                library-extensions = []
                actor.provider = cluster
                coordinated-shutdown {
                  run-by-jvm-shutdown-hook = off
                  exit-jvm = off
                }
                cluster.downing-provider-class = ""
                cluster.jmx.enabled = off
                remote.artery {
                  transport = tcp
                  untrusted-mode = on
                  canonical { hostname = "127.0.0.1", port = %d }
                  bind { hostname = "127.0.0.1", port = %d }
                  large-message-destinations = ["/user/bulk"]
                  advanced {
                    tcp-magic = ["\\u0001cv1"]
                    maximum-frame-size = %d
                    maximum-large-frame-size = %d
                    inbound-lanes = 1
                    outbound-lanes = 1
                    outbound-max-restarts = 1000000
                    inbound-max-restarts = 1000000
                    handshake-retry-interval = 200 ms
                    outbound-restart-backoff = 200 ms
                  }
                }
              }
              """
                  .formatted(canonicalPort, boundPort, FRAME_BYTES_MAX, LARGE_FRAME_BYTES_MAX))
          .withFallback(ConfigFactory.load())
          .resolve();
    }
  }

  private static final class Collector extends AbstractActor {
    private final BlockingQueue<Object> received;

    private Collector(BlockingQueue<Object> received) {
      this.received = received;
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder().matchAny(received::add).build();
    }
  }
}
