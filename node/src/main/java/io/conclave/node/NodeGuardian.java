package io.conclave.node;

import com.typesafe.config.Config;
import io.conclave.http.HttpServer;
import io.conclave.http.HttpSettings;
import io.conclave.http.MemberGateways;
import io.conclave.http.MemberUrl;
import io.conclave.http.routes.ClientRoutes;
import io.conclave.http.routes.PeerRoutes;
import io.conclave.keyspace.KeySpaceSettings;
import io.conclave.keyspace.Published;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.persistence.PersistenceSettings;
import io.conclave.persistence.RaftJournal;
import io.conclave.raft.Clocks;
import io.conclave.raft.Founding;
import io.conclave.raft.MemberAccess;
import io.conclave.raft.MemberIdentity;
import io.conclave.raft.MemberSetup;
import io.conclave.raft.PeerSetup;
import io.conclave.raft.Publications;
import io.conclave.raft.RaftSettings;
import io.conclave.raft.RaftSupervisor;
import io.conclave.raft.peer.Incarnation;
import io.conclave.raft.peer.Pins;
import io.conclave.watch.WatchBacklog;
import io.conclave.watch.WatchFeed;
import io.conclave.watch.WatchSettings;
import io.conclave.watch.WatchStats;
import io.conclave.watch.WatcherHub;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The root of a member's actors: starts them in order, says when it serves, and stops them. */
final class NodeGuardian extends AbstractMatchingBehavior<NodeGuardian.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(NodeGuardian.class);
  private static final Duration READY_CHECK = Duration.ofMillis(10);

  private final TimerScheduler<Command> timers;
  private final Member member;
  private final Publications published;
  private final ClientRoutes clientRoutes;
  private final ActorRef<RaftSupervisor.Command> raft;
  private final List<HttpServer> servers = new ArrayList<>();
  private Optional<ActorRef<Done>> stopping = Optional.empty();

  /** What the guardian accepts. */
  sealed interface Command {}

  /** Stop all in order; answered when nothing runs any more. */
  record Stop(ActorRef<Done> replyTo) implements Command {}

  private record Bound(List<HttpServer> servers) implements Command {}

  private record NotBound(Throwable cause) implements Command {}

  private record RaftStopped() implements Command {}

  private enum Event implements Command {
    CHECK_READY,
    HTTP_STOPPED
  }

  /**
   * What a guardian is made with.
   *
   * @param exit ends the process
   */
  record Member(NodeSettings settings, DataDirectory directory, Founding founding, NodeExit exit) {}

  private NodeGuardian(
      ActorContext<Command> context, TimerScheduler<Command> timers, Member member) {
    super(context);
    this.timers = timers;
    this.member = member;
    Config config = context.getSystem().settings().config();
    Identity identity = member.directory().identity().orElseThrow();
    KeySpaceSettings keySpace = KeySpaceSettings.from(config);
    RaftSettings raftSettings = RaftSettings.from(config);
    this.published =
        Publications.ofStarting(
            identity.member(), identity.clusterId(), KeySpace.initial(keySpace.historyEvents()));
    Published<WatchStats> watchStats = new Published<>(WatchStats.NONE);
    WatchSettings watch = WatchSettings.from(config);
    WatchBacklog backlog = new WatchBacklog(watch.backlogEventsMax());
    ActorRef<WatcherHub.Command> hub =
        context.spawn(
            WatcherHub.create(watch, published.tree()::get, watchStats::set, backlog), "watch");
    MemberSetup setup =
        new MemberSetup(
            raftSettings,
            keySpace,
            memberIdentity(member, identity),
            member.founding(),
            peerSetup(member.directory()),
            published,
            new MemberAccess(raftSettings.pending()),
            Clocks.SYSTEM,
            new SecureRandom());
    this.raft =
        context.spawn(
            RaftSupervisor.create(
                setup,
                new WatchFeed(hub, backlog),
                RaftJournal.factory(PersistenceSettings.from(config)),
                member.exit()),
            "raft",
            DispatcherSelector.fromConfig(RaftSettings.DISPATCHER));
    MemberGateways gateways =
        new MemberGateways(
            published,
            setup.access(),
            hub.narrow(),
            watchStats,
            NodeConfig.requestTimeout(member.settings()),
            member.settings().name(),
            Instant.now(),
            LogLevels::setRoot,
            List.of());
    HttpSettings http = HttpSettings.from(config);
    this.clientRoutes = new ClientRoutes(context.getSystem(), http, gateways);
    context.pipeToSelf(
        bind(http, new PeerRoutes(context.getSystem(), http, gateways)),
        (bound, failure) -> failure == null ? new Bound(bound) : new NotBound(failure));
  }

  static Behavior<Command> create(Member member) {
    return Behaviors.withTimers(
        timers -> Behaviors.setup(context -> new NodeGuardian(context, timers, member)));
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    return switch (command) {
      case Bound(List<HttpServer> bound) -> onBound(bound);
      case NotBound(Throwable cause) -> onNotBound(cause);
      case Event.CHECK_READY -> onCheckReady();
      case Stop(ActorRef<Done> replyTo) -> onStop(replyTo);
      case Event.HTTP_STOPPED -> onHttpStopped();
      case RaftStopped() -> onRaftStopped();
    };
  }

  private static PeerSetup peerSetup(DataDirectory directory) {
    Identity identity = directory.identity().orElseThrow();
    return new PeerSetup(
        Incarnation.parse(identity.incarnation()),
        new DirectoryBoots(directory, new SecureRandom()),
        Pins.NONE,
        _ -> {
          throw new IOException("a member that is alone in its cluster has met somebody");
        },
        "");
  }

  private static MemberIdentity memberIdentity(Member member, Identity identity) {
    return new MemberIdentity(
        identity.member(),
        identity.clusterId(),
        member.settings().name(),
        texts(member.settings().advertiseClientUrls()));
  }

  private static List<String> texts(List<MemberUrl> urls) {
    return urls.stream().map(MemberUrl::toString).toList();
  }

  /** Peers' URLs first, as etcd does, then the clients'. */
  private CompletionStage<List<HttpServer>> bind(HttpSettings http, PeerRoutes peerRoutes) {
    NodeSettings settings = member.settings();
    ActorSystem<Void> system = getContext().getSystem();
    long clusterId = published.view().get().clusterId();
    return HttpServer.start(
            system, http, MemberUrl.bindable(settings.listenPeerUrls()), clusterId, peerRoutes)
        .thenCompose(
            peers ->
                HttpServer.start(
                        system,
                        http,
                        MemberUrl.bindable(settings.listenClientUrls()),
                        clusterId,
                        clientRoutes)
                    .thenApply(clients -> List.of(clients, peers)));
  }

  private Behavior<Command> onBound(List<HttpServer> bound) {
    servers.addAll(bound);
    if (stopping.isPresent()) {
      stopHttp();
    } else {
      timers.startTimerWithFixedDelay(Event.CHECK_READY, READY_CHECK);
    }
    return this;
  }

  private Behavior<Command> onNotBound(Throwable cause) {
    member.exit().refuse(ListenCheck.problem(cause));
    return this;
  }

  private Behavior<Command> onCheckReady() {
    if (published.view().get().ready()) {
      timers.cancel(Event.CHECK_READY);
      NodeSettings settings = member.settings();
      LOG.atInfo()
          .addKeyValue("member", published.view().get().self())
          .addKeyValue("cluster", Long.toHexString(published.view().get().clusterId()))
          .addKeyValue("clients", MemberUrl.join(settings.listenClientUrls()))
          .addKeyValue("peers", MemberUrl.join(settings.listenPeerUrls()))
          .addKeyValue("data", settings.dataDirectory())
          .log("ready to serve clients");
    }
    return this;
  }

  private Behavior<Command> onStop(ActorRef<Done> replyTo) {
    if (stopping.isEmpty()) {
      timers.cancelAll();
      stopping = Optional.of(replyTo);
      clientRoutes.endWatches();
      stopHttp();
    }
    return this;
  }

  /** Requests in progress may still end, since the member goes on until HTTP is done. */
  private void stopHttp() {
    CompletableFuture<?>[] ends =
        servers.stream()
            .map(server -> server.stop().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    getContext().pipeToSelf(CompletableFuture.allOf(ends), (done, failure) -> Event.HTTP_STOPPED);
  }

  private Behavior<Command> onHttpStopped() {
    ActorRef<RaftSupervisor.Stopped> replyTo =
        getContext().messageAdapter(RaftSupervisor.Stopped.class, stopped -> new RaftStopped());
    raft.tell(new RaftSupervisor.Stop(replyTo));
    return this;
  }

  private Behavior<Command> onRaftStopped() {
    stopping.orElseThrow().tell(Done.getInstance());
    return Behaviors.stopped();
  }
}
