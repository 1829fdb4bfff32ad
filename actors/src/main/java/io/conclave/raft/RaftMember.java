package io.conclave.raft;

import io.conclave.keyspace.CommandCodec;
import io.conclave.keyspace.ExpiryScheduler;
import io.conclave.keyspace.KeySpaceActor;
import io.conclave.keyspace.tree.Command.Sync;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.Effect;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.RecoveredState;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.Role;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.Boot;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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

  /** As long as etcd gives its own: 5 s and two election timeouts. */
  private static final long OWN_TIMEOUT_BASE_NANOS = 5_000_000_000L;

  private final MemberSetup setup;
  private final RaftCore core;
  private final MemberRequests requests;
  private final Introduction introduction;
  private final MemberClock clock;
  private final ViewPublisher view;
  private final MemberJournal journal;
  private final ActorRef<KeySpaceActor.Command> keySpace;
  private final ActorRef<KeySpaceActor.Reply> fromKeySpace;
  private final ActorRef<ExpiryScheduler.SyncDue> fromExpiry;
  private final BooleanSupplier diskHasSpace;
  private final long ownTimeoutNanos;
  private final LeaderExit exit = new LeaderExit();
  private RoleScope scope = new FollowerScope();
  private LogPosition applied;
  private long nextNoteNanos;
  private long ticks;
  private boolean flushQueued;

  /** What the member accepts: requests of the gateways, and internal messages. */
  sealed interface Command permits MemberCommand, Internal {}

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

  private record FromJournal(Journal.Reply reply) implements Internal {}

  private record FromKeySpace(KeySpaceActor.Reply reply) implements Internal {}

  private record ProposeSync(ActorRef<ExpiryScheduler.Command> replyTo) implements Internal {}

  private record Introduced(boolean applied) implements Internal {}

  private RaftMember(
      ActorContext<Command> context,
      MemberSetup setup,
      Boot boot,
      RecoveredState recovered,
      ActorRef<Journal.Command> journal,
      BooleanSupplier diskHasSpace,
      ActorRef<KeySpaceActor.Command> keySpace) {
    super(context);
    this.setup = setup;
    this.diskHasSpace = diskHasSpace;
    this.keySpace = keySpace;
    this.core =
        new RaftCore(setup.identity().self(), setup.raft().core(), recovered, setup.random());
    this.applied = recovered.snapshot().map(SnapshotMeta::position).orElse(LogPosition.ORIGIN);
    this.requests =
        new MemberRequests(
            setup.access().connect(context.getSelf().narrow()),
            setup.raft().pending(),
            setup.published().tree()::get,
            new RequestId(core.self(), boot.nonce(), 0),
            applied.index());
    this.introduction = new Introduction(setup.identity());
    this.clock = new MemberClock(setup.clocks(), setup.raft().tick());
    this.nextNoteNanos = clock.nanos();
    this.view = new ViewPublisher(setup.identity(), setup.published().view(), setup.clocks());
    this.journal =
        new MemberJournal(
            core.self(), journal, context.messageAdapter(Journal.Reply.class, FromJournal::new));
    this.fromKeySpace = context.messageAdapter(KeySpaceActor.Reply.class, FromKeySpace::new);
    this.fromExpiry =
        context.messageAdapter(
            ExpiryScheduler.SyncDue.class, due -> new ProposeSync(due.replyTo()));
    this.ownTimeoutNanos =
        OWN_TIMEOUT_BASE_NANOS
            + 2L * setup.raft().core().timing().electionTicks() * setup.raft().tick().toNanos();
    flushSoon();
  }

  /**
   * @param boot this start of the member
   * @param recovered what the journal holds
   * @param diskHasSpace asked at each tick
   * @param keySpace starts from the recovered snapshot
   */
  static Behavior<Command> create(
      MemberSetup setup,
      Boot boot,
      RecoveredState recovered,
      ActorRef<Journal.Command> journal,
      BooleanSupplier diskHasSpace,
      ActorRef<KeySpaceActor.Command> keySpace) {
    return Behaviors.withTimers(
        timers ->
            Behaviors.setup(
                context -> {
                  timers.startTimerAtFixedRate(Tick.NOW, setup.raft().tick());
                  return new RaftMember(
                      context, setup, boot, recovered, journal, diskHasSpace, keySpace);
                }));
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    switch (command) {
      case MemberCommand.Propose propose -> onPropose(propose);
      case MemberCommand.ReadIndex read -> onReadIndex(read);
      case MemberCommand.ChangeMembership change -> onChangeMembership(change);
      case MemberCommand.ConnectionLost.FROM_PEER -> onConnectionLost();
      case Tick.NOW -> clock.tick().ifPresent(this::onTick);
      case Flush.EFFECTS -> onFlush();
      case FromJournal(Journal.Reply reply) -> onJournal(reply);
      case FromKeySpace(KeySpaceActor.Reply reply) -> onKeySpace(reply);
      case ProposeSync(ActorRef<ExpiryScheduler.Command> replyTo) -> onProposeSync(replyTo);
      case Introduced(boolean success) -> onIntroduced(success);
      case HandOver(RaftSupervisor.HandOver request) -> onHandOver(request);
      case Stop.NOW -> {
        return Behaviors.stopped();
      }
    }
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

  private void onPropose(MemberCommand.Propose propose) {
    requests.propose(propose);
    flushSoon();
  }

  private void onReadIndex(MemberCommand.ReadIndex read) {
    requests.read(read);
    flushSoon();
  }

  private void onChangeMembership(MemberCommand.ChangeMembership change) {
    requests.change(change);
    flushSoon();
  }

  private void onConnectionLost() {
    core.step(new Input.LeaderSuspected());
    flushSoon();
  }

  private void onHandOver(RaftSupervisor.HandOver request) {
    exit.begin(request, clock.nanos(), core, core::step);
    flushSoon();
  }

  private void proposeOwn(io.conclave.keyspace.tree.Command command, Consumer<Boolean> settled) {
    requests.proposeOwn(CommandCodec.encode(command), clock.nanos() + ownTimeoutNanos, settled);
    flushSoon();
  }

  private void onProposeSync(ActorRef<ExpiryScheduler.Command> replyTo) {
    proposeOwn(
        new Sync(),
        success ->
            replyTo.tell(
                success ? ExpiryScheduler.Settled.APPLIED : ExpiryScheduler.Settled.FAILED));
  }

  private void onIntroduced(boolean success) {
    introduction.settled(success);
    if (success) {
      introduce(); // after a failure the next tick tries again
    }
  }

  private void onTick(Input.Tick tick) {
    core.step(tick);
    core.step(new Input.DiskSpace(diskHasSpace.getAsBoolean()));
    setup.published().now().set(clock.now(core.now(), leads()));
    if (++ticks % setup.raft().core().timing().heartbeatTicks() == 0) {
      requests.retry();
    }
    requests.answerFailures(clock.nanos());
    exit.tick(clock.nanos());
    note();
    introduce();
    flushSoon();
  }

  private void onJournal(Journal.Reply reply) {
    core.step(journal.received(reply));
    flushSoon();
  }

  private void onKeySpace(KeySpaceActor.Reply reply) {
    switch (reply) {
      case KeySpaceActor.Applied(LogPosition position) -> {
        applied = position;
        core.step(new Input.Applied(position.index()));
        requests.answerReads(applied);
      }
      case KeySpaceActor.Root(KeySpace tree, LogPosition position) -> {
        if (!journal.save(tree, position, core)) {
          core.step(new Input.SnapshotFailed());
        }
      }
    }
    flushSoon();
  }

  private void note() {
    if (clock.nanos() - nextNoteNanos >= 0) {
      nextNoteNanos = clock.nanos() + setup.raft().noteInterval().toNanos();
      journal.note(core, setup.published().tree().get().nextExpiry().isPresent());
    }
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

  private void introduce() {
    introduction
        .next(setup.published().tree().get(), leads())
        .ifPresent(command -> proposeOwn(command, this::introduced));
  }

  private void introduced(boolean success) {
    getContext().getSelf().tell(new Introduced(success));
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.Persist persist -> journal.append(persist);
      case Effect.Apply(List<LogEntry> entries) -> {
        publishView();
        keySpace.tell(new KeySpaceActor.Apply(requests.attachReplies(entries), fromKeySpace));
      }
      case Effect.RoleChanged change -> onRoleChanged(change);
      case Effect.ReadConfirmed confirmed -> requests.confirmed(confirmed);
      case Effect.ReadRefused refused -> requests.refused(refused);
      case Effect.ProposalRefused refused -> requests.refused(refused, clock.nanos());
      case Effect.TakeSnapshot() -> keySpace.tell(new KeySpaceActor.TakeRoot(fromKeySpace));
      case Effect.MembershipChanged(Membership membership) ->
          LOG.atInfo()
              .addKeyValue("member", core.self())
              .addKeyValue("members", membership.members().keySet())
              .log("configuration changed");
      case Effect.Send send -> throw needsPeers(send);
      case Effect.StreamSnapshot stream -> throw needsPeers(stream);
      case Effect.InstallSnapshot install -> throw needsPeers(install);
      case Effect.DropSnapshot drop -> throw needsPeers(drop);
    }
  }

  /** A cluster of one has nobody to talk to; the configuration is checked before we get here. */
  private static IllegalStateException needsPeers(Effect effect) {
    return new IllegalStateException("no other member can be reached for " + effect);
  }

  private void onRoleChanged(Effect.RoleChanged change) {
    requests.roleChanged(change);
    exit.roleChanged(change);
    scope.leave();
    scope = scopeOf(change);
    LOG.atInfo()
        .addKeyValue("member", core.self())
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
              getContext(), change.term(), setup.keySpace(), setup.published(), fromExpiry);
    };
  }

  private boolean leads() {
    return core.role() == Role.LEADER;
  }

  private void publishView() {
    view.publish(core, scope.name(), applied.index(), introduction.isDone());
  }
}
