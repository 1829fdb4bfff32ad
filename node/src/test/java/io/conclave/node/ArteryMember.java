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

/**
 * An actor system with the Artery of a member and two actors that keep what they are told. It
 * listens on loopback addresses that nobody else uses, at a port that it holds on the usual one.
 */
final class ArteryMember {
  private static final String KNOWN = "127.0.0.2";
  private static final String BEHIND_PEER_PORT = "127.0.0.3";
  private static final int FRAME_BYTES_MAX = 256 << 10;
  private static final int LARGE_FRAME_BYTES_MAX = 2 << 20;

  private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<InetSocketAddress> closed = new LinkedBlockingQueue<>();
  private final ServerSocket held = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final InetSocketAddress address = new InetSocketAddress(KNOWN, held.getLocalPort());
  private final ActorSystem system;
  private final Optional<PeerPort> port;

  private ArteryMember(String arteryHost) throws IOException {
    var bound = new InetSocketAddress(arteryHost, held.getLocalPort());
    system = ActorSystem.create("conclave", config(bound));
    system.actorOf(Props.create(Collector.class, () -> new Collector(received)), "member");
    system.actorOf(Props.create(Collector.class, () -> new Collector(received)), "bulk");
    port = bound.equals(address) ? Optional.empty() : Optional.of(openPort(bound));
  }

  /** As in production: Artery is bound to an address that nobody else knows. */
  static ArteryMember behindPeerPort() throws IOException {
    return new ArteryMember(BEHIND_PEER_PORT);
  }

  /** Artery alone, on the address that others know. */
  static ArteryMember without() throws IOException {
    return new ArteryMember(KNOWN);
  }

  private PeerPort openPort(InetSocketAddress bound) throws IOException {
    return PeerPort.open(
        List.of(address),
        new PeerPort.Targets(bound, new InetSocketAddress(KNOWN, 1)),
        new PeerPort.Limits(
            64,
            32,
            Duration.ofSeconds(10),
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
    String authority = "pekko://conclave@" + KNOWN + ":" + other.address.getPort();
    return ((ExtendedActorSystem) system).provider().resolveActorRef(authority + path);
  }

  void stop() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    if (port.isPresent()) {
      port.get().close();
    }
    held.close();
  }

  private static Config config(InetSocketAddress bound) {
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
                canonical { hostname = "%s", port = %d }
                bind { hostname = "%s", port = %d }
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
                .formatted(
                    KNOWN,
                    bound.getPort(),
                    bound.getHostString(),
                    bound.getPort(),
                    FRAME_BYTES_MAX,
                    LARGE_FRAME_BYTES_MAX))
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
