package io.conclave.raft;

import io.conclave.keyspace.ExpiryScheduler;
import io.conclave.keyspace.KeySpaceActor;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.Effect;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.RecoveredState;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.FromPeer;
import io.conclave.raft.peer.PeerEnvelope;
import io.conclave.raft.peer.PeerRegistry;
import io.conclave.raft.peer.SnapshotReceiver;
import io.conclave.raft.peer.SnapshotSender;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the Raft core of this member: hands in what happens, carries out what the core wants, and
 * decides nothing itself.
 *
 * <p>Each message only steps the core. Effects are drained when the member's own {@link Flush}
 * comes round, which queues behind all that was already waiting, so that all of it becomes one
 * journal event and one sync. What its role needs beside it lives in a {@link RoleScope}.
 *
 * @see "architecture: the rules of order"
 */
final class RaftMember extends AbstractMatchingBehavior<RaftMember.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(RaftMember.class);

  private final MemberSetup setup;
  private final Surroundings around;
  private final DrivenCore core;
  private final MemberRequests requests;
  private final OwnProposals own;
  private final LeaderExit exit = new LeaderExit();
  private final ViewPublisher view;
  private final MemberJournal journal;
  private final PeerTraffic peers;
  private final MemberSnapshots snapshots;
  private final ActorRef<KeySpaceActor.Reply> fromKeySpace;
  private final ActorRef<ExpiryScheduler.SyncDue> fromExpiry;
  private final ActorRef<LogReplicator.Event> fromReplicators;
  private RoleScope scope = new FollowerScope();
  private LogPosition applied;
  private long nextBeatNanos;
  private boolean begun;
  private boolean flushQueued;

  /** What the member accepts: requests of the gateways, and internal messages. */
  sealed interface Command permits MemberCommand, PeerInput, Internal {}

  private sealed interface Internal extends Command {}

  private enum Tick implements Internal {
    NOW
  }

  private enum Flush implements Internal {
    EFFECTS
  }

  /** Answer everybody who waits and stop; sent by the supervisor. */
  enum Stop implements Internal {
    NOW
  }

  /** Hand leadership over; sent by the supervisor. */
  record HandOver(RaftSupervisor.HandOver request) implements Internal {}

  private record FromFiles(SnapshotExchange.Result result) implements Internal {}

  private record FromJournal(Journal.Reply reply) implements Internal {}

  private record FromKeySpace(KeySpaceActor.Reply reply) implements Internal {}

  private record ProposeSync(ActorRef<ExpiryScheduler.Command> replyTo) implements Internal {}

  private record Introduced(boolean applied) implements Internal {}

  private RaftMember(
      ActorContext<Command> context,
      MemberSetup setup,
      RecoveredState recovered,
      Surroundings around) {
    super(context);
    this.setup = setup;
    this.around = around;
    ActorRef<Command> self = context.getSelf();
    RaftCore raft =
        new RaftCore(setup.identity().self(), setup.raft().core(), recovered, setup.random());
    this.core = new DrivenCore(raft, new MemberClock(setup.clocks(), setup.raft().tick()));
    this.applied = recovered.snapshot().map(SnapshotMeta::position).orElse(LogPosition.ORIGIN);
    this.begun = raft.lastPosition().index() > 0;
    this.requests =
        new MemberRequests(
            setup.access().connect(self.narrow()),
            setup.raft().pending(),
            setup.published().tree()::get,
            new RequestId(raft.self(), around.directory().self().boot().nonce(), 0),
            applied.index());
    this.own = new OwnProposals(requests, setup, success -> self.tell(new Introduced(success)));
    this.nextBeatNanos = core.nanos();
    this.view = new ViewPublisher(setup, recovered.hardState().commit());
    this.fromKeySpace = context.messageAdapter(KeySpaceActor.Reply.class, FromKeySpace::new);
    SnapshotExchange exchange =
        new SnapshotExchange(
            raft.self(),
            around.snapshots(),
            around.files(),
            result -> self.tell(new FromFiles(result)));
    this.snapshots =
        new MemberSnapshots(
            core, exchange, requests, around.keySpace(), fromKeySpace, setup.keySpace().history());
    this.journal =
        new MemberJournal(
            raft.self(),
            around.journal(),
            context.messageAdapter(Journal.Reply.class, FromJournal::new),
            around.durableSeq(),
            setup.raft().noteInterval(),
            core.nanos(),
            snapshots::installed);
    this.peers =
        new PeerTraffic(
            core,
            around.directory(),
            around.registry(),
            around.bootstrapHash(),
            exchange,
            setup.published().replication());
    this.fromExpiry =
        context.messageAdapter(
            ExpiryScheduler.SyncDue.class, due -> new ProposeSync(due.replyTo()));
    this.fromReplicators =
        context.messageAdapter(LogReplicator.Event.class, PeerInput.Replicated::new);
    peers.configured(tree());
    flushSoon();
  }

  /**
   * Accepts {@link Command}, and what the other actors of the subtree and other members send; from
   * outside only {@link PeerEnvelope} has a form on the wire.
   */
  static Behavior<Object> create(MemberSetup setup, RecoveredState recovered, Surroundings around) {
    AtomicReference<RecoveredState> once = new AtomicReference<>(recovered); // and then freed
    Behavior<Command> member =
        Behaviors.withTimers(
            timers ->
                Behaviors.setup(
                    context -> {
                      timers.startTimerAtFixedRate(Tick.NOW, setup.raft().tick());
                      return new RaftMember(context, setup, once.getAndSet(null), around);
                    }));
    return Behaviors.transformMessages(
        Object.class,
        member,
        accepted ->
            accepted
                .match(Command.class, command -> command)
                .match(PeerEnvelope.class, PeerInput.Outside::new)
                .match(FromPeer.class, PeerInput.Whole::new)
                .match(PeerRegistry.Met.class, PeerInput.Met::new)
                .match(SnapshotReceiver.Received.class, PeerInput.Received::new)
                .match(SnapshotSender.Fetched.class, PeerInput.Fetched::new));
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    switch (command) {
      case MemberCommand.Propose propose -> requests.propose(propose);
      case MemberCommand.ReadIndex read -> requests.read(read);
      case MemberCommand.ChangeMembership change -> requests.change(change);
      case MemberCommand.ConnectionLost.FROM_PEER -> peers.connectionLost();
      case MemberCommand.PeerSilent(MemberId peer) -> core.step(new Input.PeerUnreachable(peer));
      case PeerInput input -> peers.handle(input);
      case FromFiles(SnapshotExchange.Result result) -> onFiles(result);
      case Tick.NOW -> onTick();
      case Flush.EFFECTS -> {
        onFlush();
        return this;
      }
      case FromJournal(Journal.Reply reply) -> onJournal(reply);
      case FromKeySpace(KeySpaceActor.Reply reply) -> onKeySpace(reply);
      case ProposeSync(ActorRef<ExpiryScheduler.Command> replyTo) ->
          own.sync(replyTo, core.nanos());
      case Introduced(boolean success) -> onIntroduced(success);
      case HandOver(RaftSupervisor.HandOver request) ->
          exit.begin(request, core.nanos(), core.state(), core::step);
      case Stop.NOW -> {
        return Behaviors.stopped();
      }
    }
    flushSoon();
    return this;
  }

  /** However the member ends, nobody is left waiting for it. */
  @Override
  public Behavior<Command> onSignal(Signal signal) {
    if (signal instanceof PostStop) {
      setup.access().disconnect(MemberAccess.STOPPED);
      view.stopped();
      requests.abandon();
      exit.abandon();
    }
    return this;
  }

  private void onFiles(SnapshotExchange.Result result) {
    switch (result) {
      case SnapshotExchange.Offered offered -> peers.found(offered);
      case SnapshotExchange.Loaded loaded -> snapshots.loaded(loaded, journal);
      case SnapshotExchange.NotLoaded failed -> snapshots.notLoaded(failed);
    }
  }

  private void onJournal(Journal.Reply reply) {
    if (!begun) { // a joiner is about to make its first promise
      setup.founding().formed();
      begun = true;
    }
    core.step(journal.received(reply));
  }

  private void onIntroduced(boolean success) {
    own.introduced(success);
    if (success) {
      introduce(); // after a failure the next tick tries again
    }
  }

  private void introduce() {
    own.introduce(tree(), core.leads(), core.nanos());
  }

  private void onTick() {
    core.tick();
    lookAtDisk();
    setup.published().now().set(core.now());
    requests.answerFailures(core.nanos());
    exit.tick(core.nanos());
    journal.note(core.state(), tree().nextExpiry().isPresent(), core.nanos());
    introduce();
    if (core.nanos() - nextBeatNanos >= 0) {
      RaftSettings raft = setup.raft();
      nextBeatNanos = core.nanos() + raft.core().timing().heartbeatTicks() * raft.tick().toNanos();
      onHeartbeatInterval();
    }
  }

  private void lookAtDisk() {
    boolean hasSpace = around.diskHasSpace().getAsBoolean();
    core.step(new Input.DiskSpace(hasSpace));
    if (!hasSpace) {
      requests.lackSpace(core.state().lastPosition().index());
    }
  }

  private void onHeartbeatInterval() {
    requests.retry();
    peers.heartbeat(tree());
    view.publish(core.state().peers());
  }

  private void onKeySpace(KeySpaceActor.Reply reply) {
    switch (reply) {
      case KeySpaceActor.Applied(LogPosition position) -> {
        applied = position;
        core.step(new Input.Applied(position.index()));
        requests.answerReads(applied);
        followTree(tree());
      }
      case KeySpaceActor.Root root -> snapshots.taken(root, journal);
    }
  }

  /** What the tree shows is committed. */
  private void followTree(KeySpace tree) {
    peers.configured(tree);
    if (tree.membership().isRemoved(core.state().self())) {
      around.removed().run();
    }
  }

  private KeySpace tree() {
    return setup.published().tree().get();
  }

  private void flushSoon() {
    if (!flushQueued) {
      flushQueued = true;
      getContext().getSelf().tell(Flush.EFFECTS);
    }
  }

  private void onFlush() {
    flushQueued = false;
    requests.attempt(core::step);
    core.drain().forEach(this::carryOut);
    requests.answerReads(applied);
    publishView();
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.Persist persist -> journal.append(persist);
      case Effect.Send(MemberId to, RaftMessage message) -> peers.send(to, message);
      case Effect.Apply(List<LogEntry> entries) -> {
        publishView();
        around
            .keySpace()
            .tell(new KeySpaceActor.Apply(requests.attachReplies(entries), fromKeySpace));
      }
      case Effect.RoleChanged change -> onRoleChanged(change);
      case Effect.MembershipChanged(Membership membership) -> onMembershipChanged(membership);
      case Effect.ReadConfirmed confirmed -> requests.confirmed(confirmed);
      case Effect.ReadRefused refused -> requests.refused(refused);
      case Effect.ProposalRefused refused -> requests.refused(refused, core.nanos());
      case Effect.TakeSnapshot() -> snapshots.take();
      case Effect.StreamSnapshot(MemberId peer, SnapshotMeta meta) -> peers.stream(peer, meta);
      case Effect.InstallSnapshot install -> snapshots.load(install);
      case Effect.DropSnapshot(SnapshotMeta meta) -> snapshots.drop(meta);
    }
  }

  private void onMembershipChanged(Membership membership) {
    peers.membershipChanged(tree());
    LOG.atInfo()
        .addKeyValue("member", core.state().self())
        .addKeyValue("members", membership.members().keySet())
        .log("configuration changed");
  }

  private void onRoleChanged(Effect.RoleChanged change) {
    requests.roleChanged(change);
    exit.roleChanged(change);
    scope.leave();
    scope = scopeOf(change);
    peers.enter(scope);
    LOG.atInfo()
        .addKeyValue("member", core.state().self())
        .addKeyValue("term", change.term())
        .addKeyValue("role", change.role())
        .addKeyValue("leader", change.leader())
        .log("role changed");
    flushSoon();
  }

  private RoleScope scopeOf(Effect.RoleChanged change) {
    return switch (change.role()) {
      case FOLLOWER -> new FollowerScope();
      case PRE_CANDIDATE, CANDIDATE -> new CandidateScope();
      case LEADER ->
          new LeaderScope(
              getContext(),
              change.term(),
              new Replicators(
                  getContext(),
                  change.term(),
                  around.directory(),
                  setup.published().replication(),
                  fromReplicators),
              setup.keySpace(),
              setup.published(),
              fromExpiry);
    };
  }

  private void publishView() {
    view.publish(core.state(), scope.name(), applied.index(), own.isIntroduced());
  }
}
