package io.conclave.node;

import io.conclave.http.AfterRecovery;
import io.conclave.http.HttpSettings;
import io.conclave.http.MemberUrl;
import io.conclave.http.PrometheusText;
import io.conclave.http.RequestHandler;
import io.conclave.http.routes.ClientRoutes;
import io.conclave.http.routes.PeerRoutes;
import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.Founding;
import io.conclave.raft.MemberAccess;
import io.conclave.raft.MemberView;
import io.conclave.raft.PeerSetup;
import io.conclave.raft.Publications;
import io.conclave.raft.RaftSupervisor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The root of a member's actors: starts them in order, says when it serves, and stops them in
 * order: leadership goes to another member, requests under way are answered, the Raft subtree ends.
 */
final class NodeGuardian extends AbstractMatchingBehavior<NodeGuardian.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(NodeGuardian.class);
  private static final Duration READY_CHECK = Duration.ofMillis(10);
  private static final Duration HANDOVER_PATIENCE = Duration.ofMillis(300);
  private static final Duration PEER_URLS_CHECK = Duration.ofSeconds(1);

  private final TimerScheduler<Command> timers;
  private final Member member;
  private final MemberActors actors;
  private final Publications published;
  private final ClientRoutes clientRoutes;
  private List<ClusterMember> notedMembers = List.of();

  /** Read by whoever asks for metrics. */
  private volatile Optional<Listeners> listeners = Optional.empty();

  private Optional<ActorRef<Done>> stopping = Optional.empty();
  private boolean handedOver;
  private boolean refused;

  /** What the guardian accepts. */
  sealed interface Command {}

  /** Stop all in order; answered when nothing runs any more but what listens to the peers. */
  record Stop(ActorRef<Done> replyTo) implements Command {}

  private record Bound(Listeners listeners) implements Command {}

  private record NotBound(Throwable cause) implements Command {}

  private enum Event implements Command {
    CHECK_READY,
    NOTE_PEER_URLS,
    HANDED_OVER,
    HTTP_STOPPED,
    RAFT_STOPPED
  }

  /**
   * What a guardian is made with.
   *
   * @param exit ends the process
   * @param serving called once, when clients are served, on a thread that may block
   */
  record Member(
      NodeSettings settings,
      DataDirectory directory,
      Founding founding,
      PeerSetup peers,
      NodeExit exit,
      Runnable serving) {}

  private NodeGuardian(
      ActorContext<Command> context, TimerScheduler<Command> timers, Member member) {
    super(context);
    this.timers = timers;
    this.member = member;
    this.actors = MemberActors.spawn(context, member, this::writeMetrics);
    this.published = actors.gateways().published();
    Renaming.tell(member.settings().name(), published);
    ActorSystem<Void> system = context.getSystem();
    HttpSettings http = HttpSettings.from(system.settings().config());
    this.clientRoutes = new ClientRoutes(system, http, actors.gateways());
    PeerRoutes peerRoutes = new PeerRoutes(system, http, actors.gateways());
    context.pipeToSelf(
        Listeners.open(
            system,
            member.settings(),
            published.view().get().clusterId(),
            new Listeners.Handlers(afterRecovery(clientRoutes), afterRecovery(peerRoutes)),
            new PeerPortEvents(actors.gateways().member())),
        (bound, failure) -> failure == null ? new Bound(bound) : new NotBound(failure));
  }

  static Behavior<Command> create(Member member) {
    return Behaviors.withTimers(
        timers -> Behaviors.setup(context -> new NodeGuardian(context, timers, member)));
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    return switch (command) {
      case Bound(Listeners bound) -> onBound(bound);
      case NotBound(Throwable cause) -> onNotBound(cause);
      case Event.CHECK_READY -> onCheckReady();
      case Event.NOTE_PEER_URLS -> onNotePeerUrls();
      case Stop(ActorRef<Done> replyTo) -> onStop(replyTo);
      case Event.HANDED_OVER -> onHandedOver();
      case Event.HTTP_STOPPED -> onHttpStopped();
      case Event.RAFT_STOPPED -> onRaftStopped();
    };
  }

  /** The peers' connections end last: Pekko Cluster says goodbye over them. */
  @Override
  public Behavior<Command> onSignal(Signal signal) {
    if (signal instanceof PostStop) {
      listeners.ifPresent(Listeners::closePeerPort);
    }
    return this;
  }

  private RequestHandler afterRecovery(RequestHandler routes) {
    return new AfterRecovery(
        routes, published.caughtUp(), getContext().getSystem().executionContext());
  }

  private void writeMetrics(PrometheusText text) {
    listeners.ifPresent(open -> open.writeTo(text));
  }

  private Behavior<Command> onBound(Listeners bound) {
    listeners = Optional.of(bound);
    actors.linkCluster(getContext(), member.peers().address());
    if (handedOver) {
      stopHttp();
    } else if (stopping.isEmpty()) {
      timers.startTimerWithFixedDelay(Event.CHECK_READY, READY_CHECK);
      timers.startTimerWithFixedDelay(Event.NOTE_PEER_URLS, PEER_URLS_CHECK);
    }
    return this;
  }

  private Behavior<Command> onNotBound(Throwable cause) {
    refused = true;
    if (handedOver) {
      stopHttp();
    }
    member.exit().refuse(ListenCheck.problem(cause));
    return this;
  }

  private Behavior<Command> onCheckReady() {
    MemberView view = published.view().get();
    if (view.ready()) {
      timers.cancel(Event.CHECK_READY);
      NodeSettings settings = member.settings();
      LOG.atInfo()
          .addKeyValue("member", view.self())
          .addKeyValue("cluster", Long.toHexString(view.clusterId()))
          .addKeyValue("clients", MemberUrl.join(settings.listenClientUrls()))
          .addKeyValue("peers", MemberUrl.join(settings.listenPeerUrls()))
          .addKeyValue("data", settings.dataDirectory())
          .log("ready to serve clients");
      onBlocking(member.serving());
    }
    return this;
  }

  /** Only a cluster that this member belongs to is noted: a joiner still reads the past. */
  private Behavior<Command> onNotePeerUrls() {
    List<ClusterMember> members = published.tree().get().members();
    boolean belongs =
        members.stream().anyMatch(one -> one.id().equals(published.view().get().self()));
    if (belongs && !members.equals(notedMembers)) {
      notedMembers = members;
      onBlocking(() -> note(PeerUrls.of(members)));
    }
    return this;
  }

  private void onBlocking(Runnable work) {
    CompletableFuture.runAsync(
        work, getContext().getSystem().dispatchers().lookup(DispatcherSelector.blocking()));
  }

  private void note(PeerUrls peerUrls) {
    try {
      if (!PeerUrls.read(member.directory()).equals(Optional.of(peerUrls))) {
        peerUrls.write(member.directory());
      }
    } catch (IOException e) {
      LOG.warn("the members' peer URLs can't be noted in the data directory", e);
    }
  }

  /** Meanwhile clients are served: what they write, the next leader takes. */
  private Behavior<Command> onStop(ActorRef<Done> replyTo) {
    if (stopping.isEmpty()) {
      timers.cancelAll();
      stopping = Optional.of(replyTo);
      actors
          .raft()
          .tell(
              new RaftSupervisor.HandOver(
                  HANDOVER_PATIENCE,
                  getContext()
                      .messageAdapter(RaftSupervisor.HandoverEnded.class, _ -> Event.HANDED_OVER)));
    }
    return this;
  }

  private Behavior<Command> onHandedOver() {
    handedOver = true;
    stopHttp();
    return this;
  }

  /**
   * Requests in progress may still end, since the member goes on until HTTP is done. A member that
   * does not know yet whether it listens comes here again when it does.
   */
  private void stopHttp() {
    clientRoutes.endWatches();
    published.caughtUp().completeExceptionally(new CancellationException("stopping"));
    if (refused) {
      getContext().getSelf().tell(Event.HTTP_STOPPED);
    }
    listeners.ifPresent(
        open -> getContext().pipeToSelf(open.stopHttp(), (done, failure) -> Event.HTTP_STOPPED));
  }

  private Behavior<Command> onHttpStopped() {
    ActorRef<RaftSupervisor.Stopped> replyTo =
        getContext().messageAdapter(RaftSupervisor.Stopped.class, stopped -> Event.RAFT_STOPPED);
    actors.raft().tell(new RaftSupervisor.Stop(replyTo));
    return this;
  }

  private Behavior<Command> onRaftStopped() {
    stopping.orElseThrow().tell(Done.getInstance());
    return this;
  }

  /** Called on the connections' own threads. */
  private record PeerPortEvents(MemberAccess access) implements PeerPort.Events {
    @Override
    public void arteryClosed(InetSocketAddress remote) {
      LOG.atDebug().addKeyValue("remote", remote).log("a peer's connection has ended");
      access.connectionLost();
    }

    @Override
    public void refused(InetSocketAddress remote, PeerPort.Refused why) {
      LOG.atDebug().addKeyValue("remote", remote).addKeyValue("why", why).log("reset a connection");
    }
  }
}
