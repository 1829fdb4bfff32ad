package io.conclave.http.routes;

import static io.conclave.raft.core.Require.require;

import com.typesafe.config.ConfigFactory;
import io.conclave.http.HttpServer;
import io.conclave.http.HttpSettings;
import io.conclave.http.MemberGateways;
import io.conclave.http.RequestHandler;
import io.conclave.http.ServerIdentity;
import io.conclave.keyspace.KeySpaceSettings;
import io.conclave.keyspace.Published;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.ApplyingMember;
import io.conclave.raft.MemberAccess;
import io.conclave.raft.Publications;
import io.conclave.watch.WatchBacklog;
import io.conclave.watch.WatchFeed;
import io.conclave.watch.WatchRequest;
import io.conclave.watch.WatchSettings;
import io.conclave.watch.WatchStats;
import io.conclave.watch.WatcherHub;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Both servers of one member in this process: everything real but the log (see {@link
 * ApplyingMember}).
 */
public final class TestServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ActorTestKit kit;
  private final MemberGateways gateways;
  private final List<MemberGateways.LogLevel> levels = new ArrayList<>();
  private final ClientRoutes routes;
  private final HttpServer client;
  private final HttpServer peer;

  private TestServer(String overrides, int clientPort, int peerPort) {
    var config =
        ConfigFactory.parseString(overrides).withFallback(ConfigFactory.load("test-server"));
    kit = ActorTestKit.create("test", config);
    var access = new MemberAccess(new MemberAccess.Limits(10_000, 256 << 20, 10_000));
    var published =
        Publications.ofStarting(
            ApplyingMember.SELF,
            ApplyingMember.CLUSTER,
            KeySpace.initial(KeySpace.HISTORY_MAX_DEFAULT));
    var stats = new Published<>(WatchStats.NONE);
    var backlog = new WatchBacklog(100_000);
    var hub =
        kit.spawn(
            WatcherHub.create(
                WatchSettings.from(config), published.tree()::get, stats::set, backlog));
    gateways =
        new MemberGateways(
            published,
            access,
            KeySpaceSettings.from(config).limit(),
            hub.<WatchRequest>narrow(),
            stats,
            Duration.ofSeconds(7),
            config.getBoolean("conclave.raft.strict-reconfig-check"),
            "golden",
            Instant.now(),
            levels::add,
            List.of());
    var settings = HttpSettings.from(config);
    routes = new ClientRoutes(kit.system(), settings, gateways);
    client = start(settings, clientPort, settings.allowsAnyOrigin(), routes);
    peer = start(settings, peerPort, false, new PeerRoutes(kit.system(), settings, gateways));
    kit.spawn(
        ApplyingMember.create(
            access,
            published,
            new WatchFeed(hub, backlog),
            "golden",
            List.of("http://127.0.0.1:" + peer.addresses().getFirst().getPort()),
            List.of(url())));
    await("member is ready", () -> published.view().get().ready());
  }

  /** On free ports. */
  public static TestServer start() {
    return start("");
  }

  /**
   * @param overrides settings in HOCON
   */
  public static TestServer start(String overrides) {
    return new TestServer(overrides, 0, 0);
  }

  /** Serves on the port that is given, and on the next one for peers, until it is killed. */
  public static void main(String[] args) {
    int port = Integer.parseInt(args[0]);
    new TestServer(args.length > 1 ? args[1] : "", port, port + 1);
  }

  public int clientPort() {
    return client.addresses().getFirst().getPort();
  }

  public int peerPort() {
    return peer.addresses().getFirst().getPort();
  }

  /** The base of client URLs. */
  public String url() {
    return "http://127.0.0.1:" + clientPort();
  }

  public MemberGateways gateways() {
    return gateways;
  }

  /** What was set through {@code /config/local/log}, in order. */
  public List<MemberGateways.LogLevel> levels() {
    return levels;
  }

  public HttpServer client() {
    return client;
  }

  public ActorSystem<?> system() {
    return kit.system();
  }

  /** Waits until {@code holds}; fails after some seconds, naming the fact. */
  public void await(String fact, BooleanSupplier holds) {
    kit.createTestProbe()
        .awaitAssert(
            PATIENCE,
            () -> {
              require(holds.getAsBoolean(), "not so: %s", fact);
              return true;
            });
  }

  /** Watches that the hub knows of. */
  public int watchers() {
    return gateways.watchStats().get().watchers();
  }

  /** Stops as a member does, and waits until it is done. */
  public void stop() {
    routes.endWatches();
    client.stop().toCompletableFuture().join();
    peer.stop().toCompletableFuture().join();
  }

  @Override
  public void close() {
    stop();
    kit.shutdownTestKit();
  }

  private HttpServer start(
      HttpSettings settings, int port, boolean anyOrigin, RequestHandler handler) {
    return HttpServer.start(
            kit.system(),
            settings,
            List.of(URI.create("http://127.0.0.1:" + port)),
            new ServerIdentity(ApplyingMember.CLUSTER, anyOrigin),
            handler)
        .toCompletableFuture()
        .join();
  }
}
