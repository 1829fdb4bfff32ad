package io.conclave.raft;

import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.PeerDirectory;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Sends what a leader has for one follower, and offers it a snapshot when the core asks for that: a
 * {@link FollowerFeed} with a mailbox and a clock. A restart of this actor costs one probe. Lives
 * as long as the leader's term.
 */
final class LogReplicator extends AbstractMatchingBehavior<LogReplicator.Command> {
  private final MemberId follower;
  private final FollowerFeed feed;
  private final ActorRef<Event> member;

  sealed interface Command {}

  record Send(RaftMessage message) implements Command {}

  /** The follower acknowledged everything up to here. */
  record Acknowledged(long matchIndex) implements Command {}

  /** A file for a snapshot that the core wants streamed. */
  record Offer(SnapshotMeta meta, long sizeBytes, int crc32c) implements Command {}

  /** The follower fetched a chunk of it. */
  record Fetched(LogPosition snapshot) implements Command {}

  /** A second passed. */
  enum Clock implements Command {
    TICK
  }

  /** What the member steps its core with. */
  sealed interface Event {
    MemberId follower();

    /** The follower has stopped fetching, or never began. */
    record TransferEnded(MemberId follower) implements Event {}

    /** Entries were not sent: too many are on their way. */
    record Dropped(MemberId follower) implements Event {}
  }

  /**
   * @param windowBytesMax entries on their way
   * @param tick how often a transfer is looked after
   * @param transferTicks without a fetch that end one
   */
  record Limits(long windowBytesMax, Duration tick, int transferTicks) {
    static final Limits DEFAULT = new Limits(16L << 20, Duration.ofSeconds(1), 10);
  }

  static Behavior<Command> create(
      MemberId follower, PeerDirectory directory, Limits limits, ActorRef<Event> member) {
    Behavior<Command> replicator =
        Behaviors.withTimers(
            timers ->
                Behaviors.setup(
                    context ->
                        new LogReplicator(context, timers, follower, directory, limits, member)));
    return Behaviors.supervise(replicator).onFailure(SupervisorStrategy.restart());
  }

  private LogReplicator(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      MemberId follower,
      PeerDirectory directory,
      Limits limits,
      ActorRef<Event> member) {
    super(context);
    this.follower = follower;
    this.feed =
        new FollowerFeed(follower, directory, limits.windowBytesMax(), limits.transferTicks());
    this.member = member;
    timers.startTimerWithFixedDelay(Clock.TICK, limits.tick());
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    switch (command) {
      case Send(RaftMessage message) -> {
        if (!feed.send(message)) {
          member.tell(new Event.Dropped(follower));
        }
      }
      case Acknowledged(long matchIndex) -> feed.acknowledged(matchIndex);
      case Offer(SnapshotMeta meta, long sizeBytes, int crc32c) ->
          feed.offer(meta, sizeBytes, crc32c);
      case Fetched(LogPosition snapshot) -> feed.fetched(snapshot);
      case Clock.TICK -> {
        if (feed.tick()) {
          member.tell(new Event.TransferEnded(follower));
        }
      }
    }
    return this;
  }

  /** The next one knows nothing of what is on its way. */
  @Override
  public Behavior<Command> onSignal(Signal signal) {
    if (signal instanceof PreRestart) {
      member.tell(new Event.TransferEnded(follower));
      member.tell(new Event.Dropped(follower));
    }
    return this;
  }
}
