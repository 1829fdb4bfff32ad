package io.conclave.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.conclave.node.PeerPort.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;

/** An actor system with the Artery of a member and two actors that keep what they are told. */
final class ArteryMember {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int FRAME_BYTES_MAX = 256 << 10;
  private static final int LARGE_FRAME_BYTES_MAX = 2 << 20;

  private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<InetSocketAddress> closed = new LinkedBlockingQueue<>();
  private final InetSocketAddress address;
  private final ActorSystem system;
  private final Optional<PeerPort> port;

  private ArteryMember(InetSocketAddress address, InetSocketAddress bound) throws IOException {
    this.address = address;
    system = ActorSystem.create("conclave", config(address.getPort(), bound.getPort()));
    system.actorOf(Props.create(Collector.class, () -> new Collector(received)), "member");
    system.actorOf(Props.create(Collector.class, () -> new Collector(received)), "bulk");
    port = bound.equals(address) ? Optional.empty() : Optional.of(openPort(bound));
  }

  /** As in production: Artery is bound to a port that nobody else knows. */
  static ArteryMember behindPeerPort() throws IOException {
    return new ArteryMember(freePort(), freePort());
  }

  /** Artery alone, on the port that others know. */
  static ArteryMember without() throws IOException {
    InetSocketAddress both = freePort();
    return new ArteryMember(both, both);
  }

  private PeerPort openPort(InetSocketAddress bound) throws IOException {
    return PeerPort.open(
        List.of(address),
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

  InetSocketAddress address() {
    return address;
  }

  BlockingQueue<Object> received() {
    return received;
  }

  /** Whose connections have ended. */
  BlockingQueue<InetSocketAddress> closed() {
    return closed;
  }

  long refused(Refused why) {
    return port.orElseThrow().refused(why);
  }

  ActorSystem system() {
    return system;
  }

  /** An actor of another member. */
  ActorRef ref(ArteryMember other, String path) {
    String authority = "pekko://conclave@127.0.0.1:" + other.address.getPort();
    return ((ExtendedActorSystem) system).provider().resolveActorRef(authority + path);
  }

  void stop() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    if (port.isPresent()) {
      port.get().close();
    }
  }

  private static InetSocketAddress freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
      return new InetSocketAddress(LOOPBACK, free.getLocalPort());
    }
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
