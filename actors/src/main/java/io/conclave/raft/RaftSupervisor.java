package io.conclave.raft;

import io.conclave.keyspace.KeySpaceActor;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.FirstEntry;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RecoveredState;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.Boot;
import io.conclave.watch.WatchFeed;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Starts journal, key space and member, in this order, and gives them one fate: when one of them
 * ends, the others are stopped, and after a while all three start again from what the disk holds.
 * After too many failures in a row the process ends with {@link ExitCode#RESTARTS_EXHAUSTED}.
 *
 * <p>An empty journal first gets the cluster's first entry, which every initial member writes
 * alike.
 */
public final class RaftSupervisor extends AbstractMatchingBehavior<RaftSupervisor.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(RaftSupervisor.class);

  private final TimerScheduler<Command> timers;
  private final MemberSetup setup;
  private final WatchFeed feed;
  private final JournalFactory journals;
  private final ExitHandler exit;
  private final AtomicBoolean exiting = new AtomicBoolean();
  private final ActorRef<Journal.Reply> fromJournal;
  private final Set<ActorRef<?>> alive = new HashSet<>();
  private Optional<Children> children = Optional.empty();
  private Optional<ActorRef<Journal.Command>> journal = Optional.empty();
  private Optional<ActorRef<Stopped>> stopping = Optional.empty();
  private Optional<JournalEvent.Appended> first = Optional.empty();
  private boolean failed;
  private int failures;

  /** What the supervisor accepts. */
  public sealed interface Command {}

  /**
   * Stop for good: requests under way are answered, nothing more is taken; answered by {@link
   * Stopped} when all is down.
   */
  public record Stop(ActorRef<Stopped> replyTo) implements Command {}

  /**
   * Hand leadership over, if this member leads, and go on serving as a follower; to be asked before
   * {@link Stop}. Answered by {@link HandoverEnded}.
   *
   * @param patience with the one who takes over
   */
  public record HandOver(Duration patience, ActorRef<HandoverEnded> replyTo) implements Command {}

  /** Answer to {@link HandOver}: another member leads, or this one has no successor. */
  public enum HandoverEnded {
    NOW
  }

  /** Answer to {@link Stop}. */
  public enum Stopped {
    ALL
  }

  private record FromJournal(Journal.Reply reply) implements Command {}

  private enum Timer implements Command {
    START,
    FORGIVE
  }

  /** Started after recovery. */
  private record Children(
      ActorRef<KeySpaceActor.Command> keySpace, ActorRef<RaftMember.Command> member) {}

  private RaftSupervisor(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      MemberSetup setup,
      WatchFeed feed,
      JournalFactory journals,
      ExitHandler exit) {
    super(context);
    this.timers = timers;
    this.setup = setup;
    this.feed = feed;
    this.journals = journals;
    this.exit = exit;
    this.fromJournal = context.messageAdapter(Journal.Reply.class, FromJournal::new);
    start();
  }

  /** To be spawned on {@link RaftSettings#DISPATCHER}. */
  public static Behavior<Command> create(
      MemberSetup setup, WatchFeed feed, JournalFactory journals, ExitHandler exit) {
    return Behaviors.withTimers(
        timers ->
            Behaviors.setup(
                context -> new RaftSupervisor(context, timers, setup, feed, journals, exit)));
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    return switch (command) {
      case FromJournal(Journal.Reply reply) -> onJournal(reply);
      case Timer.START -> onStart();
      case Timer.FORGIVE -> onForgive();
      case Stop(ActorRef<Stopped> replyTo) -> onStop(replyTo);
      case HandOver handOver -> onHandOver(handOver);
    };
  }

  @Override
  public Behavior<Command> onSignal(Signal signal) {
    return signal instanceof Terminated ended ? onEnded(ended) : this;
  }

  private Behavior<Command> onStart() {
    start();
    return this;
  }

  private void start() {
    failed = false;
    var classic =
        Adapter.actorOf(
            getContext(),
            journals.create(fromJournal, this::exitOnce).withDispatcher(RaftSettings.DISPATCHER),
            "journal");
    Adapter.watch(getContext(), classic);
    ActorRef<Journal.Command> started = Adapter.toTyped(classic);
    alive.add(started);
    journal = Optional.of(started);
  }

  /** The journal calls this on its own thread; whoever ends afterwards is not started again. */
  private void exitOnce(ExitCode code, String reason) {
    if (exiting.compareAndSet(false, true)) {
      exit.exit(code, reason);
    }
  }

  /** What a journal said before it ended is read before the next one starts, and not heeded. */
  private Behavior<Command> onJournal(Journal.Reply reply) {
    if (failed || stopping.isPresent()) {
      return this;
    }
    switch (reply) {
      case Journal.Recovered recovered when children.isEmpty() -> onRecovered(recovered);
      case Journal.Appended ignored when children.isEmpty() -> onFounded();
      case Journal.Reply unexpected -> {
        log(LOG.atError()).addKeyValue("reply", unexpected).log("not expected from the journal");
        fail();
      }
    }
    return this;
  }

  private void onRecovered(Journal.Recovered recovered) {
    log(LOG.atInfo())
        .addKeyValue("term", recovered.hardState().term())
        .addKeyValue("index", recovered.before().index() + recovered.entries().size())
        .log("recovered the journal");
    boolean empty =
        recovered.snapshot().isEmpty()
            && recovered.entries().isEmpty()
            && recovered.hardState().equals(HardState.INITIAL);
    if (empty) {
      onEmptyJournal();
      return;
    }
    if (isOfOtherFounders(recovered)) {
      exitOnce(
          ExitCode.IDENTITY_REFUSED,
          "The data directory holds the log of a cluster with other initial members than"
              + " --initial-cluster says; use another directory or the flags it was begun with.");
      return;
    }
    setup.founding().formed();
    Optional<SnapshotMeta> meta = recovered.snapshot().map(Journal.Snapshot::meta);
    KeySpace tree =
        recovered
            .snapshot()
            .map(snapshot -> snapshot.root().withHistoryMax(setup.keySpace().historyEvents()))
            .orElseGet(this::emptyTree);
    run(
        new RecoveredState(
            recovered.hardState(),
            meta,
            recovered.before(),
            recovered.entries(),
            recovered.clusterTime()),
        tree);
  }

  private void onEmptyJournal() {
    switch (setup.founding().beginning()) {
      case Founding.Beginning.Found(Membership initial) -> found(initial);
      case Founding.Beginning.Join() -> run(RecoveredState.NOTHING, emptyTree());
      case Founding.Beginning.Over() -> refuseEmptyJournal();
    }
  }

  private void found(Membership initial) {
    JournalEvent.Appended event = FirstEntry.event(initial.members().values());
    first = Optional.of(event);
    journal.orElseThrow().tell(new Journal.Append(0, event, fromJournal));
  }

  private void refuseEmptyJournal() {
    exitOnce(
        ExitCode.DAMAGED_DATA,
        "The journal is empty though this member has had data: restore the whole data directory,"
            + " or remove the member from its cluster and add it again with an empty one.");
  }

  /** Only while the note that the log has begun is missing do the founders come from the flags. */
  private boolean isOfOtherFounders(Journal.Recovered recovered) {
    if (recovered.entries().isEmpty()
        || !(recovered.entries().getFirst().payload()
            instanceof LogEntry.Payload.Bootstrap(Membership founders))) {
      return false;
    }
    return setup.founding().beginning() instanceof Founding.Beginning.Found(Membership expected)
        && !expected.equals(founders);
  }

  private void onFounded() {
    setup.founding().formed();
    JournalEvent.Appended event = first.orElseThrow();
    run(
        new RecoveredState(event.hardState(), Optional.empty(), event.before(), event.entries(), 0),
        emptyTree());
  }

  private KeySpace emptyTree() {
    return KeySpace.initial(setup.keySpace().historyEvents());
  }

  private void run(RecoveredState recovered, KeySpace tree) {
    try {
      run(setup.peers().boots().next(), recovered, tree);
    } catch (IOException notNoted) {
      exitOnce(
          ExitCode.START_REFUSED,
          "The start can't be noted in the data directory: " + notNoted.getMessage());
    }
  }

  private void run(Boot boot, RecoveredState recovered, KeySpace tree) {
    LogPosition applied =
        recovered.snapshot().map(SnapshotMeta::position).orElse(LogPosition.ORIGIN);
    DispatcherSelector dispatcher = DispatcherSelector.fromConfig(RaftSettings.DISPATCHER);
    ActorRef<KeySpaceActor.Command> keySpace =
        getContext()
            .spawn(
                KeySpaceActor.create(tree, applied, setup.published().tree(), feed),
                "keyspace",
                dispatcher);
    ActorRef<RaftMember.Command> member =
        getContext()
            .spawn(
                RaftMember.create(
                    setup, boot, recovered, journal.orElseThrow(), journals::hasSpace, keySpace),
                "member",
                dispatcher);
    for (ActorRef<?> child : Set.of(keySpace, member)) {
      alive.add(child);
      getContext().watch(child);
    }
    children = Optional.of(new Children(keySpace, member));
    timers.startSingleTimer(Timer.FORGIVE, setup.raft().restarts().resetAfter());
  }

  private Behavior<Command> onForgive() {
    failures = 0;
    return this;
  }

  private Behavior<Command> onHandOver(HandOver handOver) {
    Optional<ActorRef<RaftMember.Command>> member =
        children.map(Children::member).filter(alive::contains);
    if (member.isPresent()) {
      member.get().tell(new RaftMember.HandOver(handOver));
    } else {
      handOver.replyTo().tell(HandoverEnded.NOW);
    }
    return this;
  }

  private Behavior<Command> onStop(ActorRef<Stopped> replyTo) {
    stopping = Optional.of(replyTo);
    timers.cancelAll();
    setup.access().disconnect(MemberAccess.STOPPED);
    stopNext();
    return alive.isEmpty() ? stopped() : this;
  }

  /** In this order, each after what was sent to it before: member, key space, journal. */
  private void stopNext() {
    if (children.isEmpty()) {
      journal.ifPresent(getContext()::stop);
      return;
    }
    Children running = children.get();
    if (alive.contains(running.member())) {
      running.member().tell(RaftMember.Stop.NOW);
    } else if (alive.contains(running.keySpace())) {
      running.keySpace().tell(KeySpaceActor.Stop.NOW);
    } else {
      journal.ifPresent(getContext()::stop);
    }
  }

  private Behavior<Command> onEnded(Terminated ended) {
    alive.remove(ended.getRef());
    if (stopping.isPresent()) {
      stopNext();
      return alive.isEmpty() ? stopped() : this;
    }
    if (!failed) {
      if (!exiting.get()) {
        report(ended);
      }
      fail();
    }
    if (alive.isEmpty()) {
      children = Optional.empty();
      journal = Optional.empty();
      startAgain();
    }
    return this;
  }

  private void fail() {
    failed = true;
    failures++;
    timers.cancel(Timer.FORGIVE);
    alive.forEach(getContext()::stop);
  }

  private void report(Terminated ended) {
    LoggingEventBuilder event =
        log(LOG.atError()).addKeyValue("actor", ended.getRef().path().name());
    if (ended instanceof ChildFailed failure) {
      event = event.setCause(failure.cause());
    }
    event.log("a part of the Raft subtree has ended, all of it stops");
  }

  private void startAgain() {
    if (exiting.get()) {
      return;
    }
    RaftSettings.Restarts restarts = setup.raft().restarts();
    if (failures > restarts.max()) {
      exitOnce(
          ExitCode.RESTARTS_EXHAUSTED,
          "The member failed " + failures + " times in a row; the log tells why.");
      return;
    }
    setup.access().disconnect(MemberAccess.STARTING);
    Duration wait = restarts.backoff(failures);
    timers.startSingleTimer(Timer.START, wait);
  }

  private LoggingEventBuilder log(LoggingEventBuilder event) {
    return event.addKeyValue("member", setup.identity().self());
  }

  private Behavior<Command> stopped() {
    stopping.orElseThrow().tell(Stopped.ALL);
    return Behaviors.stopped();
  }
}
