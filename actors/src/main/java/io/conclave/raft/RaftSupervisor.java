package io.conclave.raft;

import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.IdentityRefusal;
import io.conclave.raft.peer.PeerRegistry;
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
  private final ActorRef<PeerRegistry.News> fromPeers;
  private final RememberedPins pins;
  private final Set<ActorRef<?>> alive = new HashSet<>();
  private Optional<RaftSubtree> subtree = Optional.empty();
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
    FORGIVE,
    LEAVE
  }

  private record FromPeers(PeerRegistry.News news) implements Command {}

  private record SelfRemoved() implements Command {}

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
    this.fromPeers = context.messageAdapter(PeerRegistry.News.class, FromPeers::new);
    this.pins = new RememberedPins(setup.peers().pins(), setup.peers().pinStore());
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
      case FromPeers(PeerRegistry.News news) -> onPeers(news);
      case SelfRemoved() -> onSelfRemoved();
      case Timer.LEAVE -> onLeave();
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
      case Journal.Recovered recovered when subtree.isEmpty() -> onRecovered(recovered);
      case Journal.Appended(long _, long durableSeq) when subtree.isEmpty() ->
          follow(FirstStep.founded(first.orElseThrow(), durableSeq, setup));
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
    follow(FirstStep.after(recovered, setup));
  }

  private void follow(FirstStep step) {
    switch (step) {
      case FirstStep.Run run -> run(run);
      case FirstStep.Found(JournalEvent.Appended event) -> {
        first = Optional.of(event);
        journal.orElseThrow().tell(new Journal.Append(0, event, fromJournal));
      }
      case FirstStep.Refuse(ExitCode code, String reason) -> exitOnce(code, reason);
    }
  }

  private void run(FirstStep.Run step) {
    try {
      if (step.begun()) {
        setup.founding().formed();
      }
      run(setup.peers().boots().next(), step);
    } catch (IOException notNoted) {
      onNotNoted("The start can't be noted in the data directory: " + notNoted.getMessage());
    }
  }

  /** A start is refused; a restart is tried for as long as it takes until a full disk has room. */
  private void onNotNoted(String reason) {
    if (failures == 0) {
      exitOnce(ExitCode.START_REFUSED, reason);
    } else {
      log(LOG.atError()).log(reason);
      fail();
      failures = Math.min(failures, setup.raft().restarts().max());
    }
  }

  private void run(Boot boot, FirstStep.Run step) {
    ActorRef<Command> self = getContext().getSelf();
    RaftSubtree.Frame frame =
        new RaftSubtree.Frame(
            setup,
            feed,
            journals,
            journal.orElseThrow(),
            pins,
            fromPeers,
            () -> self.tell(new SelfRemoved()));
    RaftSubtree started = new RaftSubtree(getContext(), frame, boot, step);
    for (ActorRef<?> child : started.actors()) {
      alive.add(child);
      getContext().watch(child);
    }
    subtree = Optional.of(started);
    timers.startSingleTimer(Timer.FORGIVE, setup.raft().restarts().resetAfter());
  }

  private Behavior<Command> onPeers(PeerRegistry.News news) {
    switch (news) {
      case PeerRegistry.Met met -> running().ifPresent(member -> member.tell(met));
      case PeerRegistry.SelfRefused(MemberId by, IdentityRefusal why, String text) -> {
        if (why == IdentityRefusal.REMOVED) {
          onLeave();
        } else {
          exitOnce(
              ExitCode.IDENTITY_REFUSED, "Member %s refuses this one: %s.".formatted(by, text));
        }
      }
    }
    return this;
  }

  /** Whoever asked for the removal is answered, and the leader hears that it arrived. */
  private Behavior<Command> onSelfRemoved() {
    RaftSettings raft = setup.raft();
    Duration grace = raft.tick().multipliedBy(2L * raft.core().timing().heartbeatTicks());
    timers.startSingleTimer(Timer.LEAVE, grace);
    return this;
  }

  private Behavior<Command> onLeave() {
    exitOnce(ExitCode.REMOVED, "This member has been removed from its cluster.");
    return this;
  }

  private Behavior<Command> onForgive() {
    failures = 0;
    return this;
  }

  private Behavior<Command> onHandOver(HandOver handOver) {
    running()
        .ifPresentOrElse(
            member -> member.tell(new RaftMember.HandOver(handOver)),
            () -> handOver.replyTo().tell(HandoverEnded.NOW));
    return this;
  }

  private Behavior<Command> onStop(ActorRef<Stopped> replyTo) {
    stopping = Optional.of(replyTo);
    timers.cancelAll();
    setup.access().disconnect(MemberAccess.STOPPED);
    stopNext();
    return alive.isEmpty() ? stopped() : this;
  }

  /** Not one that was told to stop: it would read nothing any more. */
  private Optional<ActorRef<Object>> running() {
    return failed ? Optional.empty() : subtree.map(RaftSubtree::member).filter(alive::contains);
  }

  /** The member first, each after what was sent to it before, the journal last. */
  private void stopNext() {
    subtree
        .flatMap(started -> started.actors().stream().filter(alive::contains).findFirst())
        .ifPresentOrElse(
            next -> subtree.orElseThrow().stop(next, getContext()),
            () -> journal.ifPresent(getContext()::stop));
  }

  private Behavior<Command> onEnded(Terminated ended) {
    alive.remove(ended.getRef());
    if (stopping.isPresent()) {
      stopNext();
      return alive.isEmpty() ? stopped() : this;
    }
    if (!failed) {
      UnreadableLog.reason(ended).ifPresent(why -> exitOnce(ExitCode.DAMAGED_DATA, why));
      if (!exiting.get()) {
        report(ended);
      }
      fail();
    }
    if (alive.isEmpty()) {
      subtree = Optional.empty();
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
