package io.conclave.raft;

import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.PeerDirectory;
import io.conclave.raft.peer.PeerLane;
import io.conclave.raft.peer.PeerLink;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Sends what a leader has for one follower, and offers it a snapshot when the core asks for that.
 * What to send is the core's decision alone; a restart of this actor costs it one probe. Lives as
 * long as the leader's term.
 */
final class LogReplicator extends AbstractMatchingBehavior<LogReplicator.Command> {
  private final MemberId follower;
  private final PeerDirectory directory;
  private final ReplicationWindow window;
  private final int transferTicks;
  private final ActorRef<Event> member;
  private Boot boot = Boot.NONE;
  private Optional<Transfer> transfer = Optional.empty();

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

  private record Transfer(SnapshotOffer offer, boolean begun, int silentTicks) {
    private LogPosition position() {
      return offer.meta().position();
    }
  }

  static Behavior<Command> create(
      MemberId follower, PeerDirectory directory, Limits limits, ActorRef<Event> member) {
    return Behaviors.withTimers(
        timers ->
            Behaviors.setup(
                context ->
                    new LogReplicator(context, timers, follower, directory, limits, member)));
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
    this.directory = directory;
    this.window = new ReplicationWindow(limits.windowBytesMax());
    this.transferTicks = limits.transferTicks();
    this.member = member;
    timers.startTimerWithFixedDelay(Clock.TICK, limits.tick());
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    return switch (command) {
      case Send(RaftMessage message) -> onSend(message);
      case Acknowledged(long matchIndex) -> onAcknowledged(matchIndex);
      case Offer offer -> onOffer(offer);
      case Fetched(LogPosition snapshot) -> onFetched(snapshot);
      case Clock.TICK -> onTick();
    };
  }

  private Behavior<Command> onSend(RaftMessage message) {
    Optional<PeerLink> link = link();
    if (link.isEmpty()) {
      return this;
    }
    switch (message) {
      case RaftMessage.AppendEntries append when !window.admit(append) ->
          member.tell(new Event.Dropped(follower));
      case RaftMessage.Heartbeat heartbeat -> link.get().send(heartbeat, directory.witnesses());
      default -> link.get().send(message, List.of());
    }
    return this;
  }

  private Behavior<Command> onAcknowledged(long matchIndex) {
    window.acknowledged(matchIndex);
    transfer = transfer.filter(current -> current.position().index() > matchIndex);
    return this;
  }

  private Behavior<Command> onOffer(Offer offer) {
    SnapshotOffer sent = new SnapshotOffer(offer.meta(), offer.sizeBytes(), offer.crc32c());
    transfer = Optional.of(new Transfer(sent, false, 0));
    window.clear();
    sendOffer(sent);
    return this;
  }

  private Behavior<Command> onFetched(LogPosition snapshot) {
    transfer =
        transfer.map(
            current ->
                current.position().equals(snapshot)
                    ? new Transfer(current.offer(), true, 0)
                    : current);
    return this;
  }

  /** An offer may get lost; once it was taken up, the follower sees to the rest. */
  private Behavior<Command> onTick() {
    transfer =
        transfer.map(
            current -> new Transfer(current.offer(), current.begun(), current.silentTicks() + 1));
    if (transfer.isPresent()) {
      Transfer current = transfer.get();
      if (current.silentTicks() >= transferTicks) {
        transfer = Optional.empty();
        member.tell(new Event.TransferEnded(follower));
      } else if (!current.begun()) {
        sendOffer(current.offer());
      }
    }
    return this;
  }

  private void sendOffer(SnapshotOffer offer) {
    link().ifPresent(link -> link.send(PeerLane.SNAPSHOT_RECEIVER, offer));
  }

  /** The way to the follower's present boot; what was on its way to an earlier one is gone. */
  private Optional<PeerLink> link() {
    Optional<PeerLink> link = directory.peer(follower).map(PeerDirectory.Peer::link);
    link.filter(current -> !current.boot().equals(boot))
        .ifPresent(
            current -> {
              boot = current.boot();
              window.clear();
            });
    return link;
  }
}
