package io.conclave.raft.peer;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.core.SnapshotTransferState;
import io.conclave.raft.peer.PeerMessage.Chunk;
import io.conclave.raft.peer.PeerMessage.FetchChunk;
import io.conclave.raft.peer.PeerMessage.SnapshotGone;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import java.io.IOException;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the snapshot that a leader offers, chunk by chunk. One transfer at a time: a newer offer
 * ends an older one, an equal one continues it. What became of a finished file is decided by the
 * core. Runs at {@link PeerLane#SNAPSHOT_RECEIVER} on a dispatcher that may block.
 */
public final class SnapshotReceiver extends AbstractMatchingBehavior<SnapshotReceiver.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotReceiver.class);

  private final PeerInbox inbox;
  private final PeerDirectory directory;
  private final SnapshotTarget target;
  private final SnapshotTransferState.Timing timing;
  private final ActorRef<Received> listener;
  private Transfer transfer;

  /** What it accepts from outside: {@link PeerEnvelope} only. */
  public sealed interface Command permits PeerEnvelope, Clock {}

  /** Time passes. */
  enum Clock implements Command {
    TICK
  }

  /** The whole snapshot is on disk and checked. */
  public record Received(MemberId from, SnapshotMeta meta) {}

  private record Transfer(
      MemberId from,
      SnapshotOffer offer,
      SnapshotTransferState state,
      SnapshotTarget.Incoming file) {
    private LogPosition position() {
      return offer.meta().position();
    }
  }

  /**
   * @param tick length of the ticks that {@code timing} counts
   */
  public static Behavior<Command> create(
      PeerDirectory directory,
      SnapshotTarget target,
      Duration tick,
      SnapshotTransferState.Timing timing,
      ActorRef<Received> listener) {
    return Behaviors.withTimers(
        timers ->
            Behaviors.setup(
                context ->
                    new SnapshotReceiver(
                        context, timers, directory, target, tick, timing, listener)));
  }

  private SnapshotReceiver(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      PeerDirectory directory,
      SnapshotTarget target,
      Duration tick,
      SnapshotTransferState.Timing timing,
      ActorRef<Received> listener) {
    super(context);
    this.inbox = new PeerInbox(directory);
    this.directory = directory;
    this.target = target;
    this.timing = timing;
    this.listener = listener;
    timers.startTimerWithFixedDelay(Clock.TICK, tick);
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    return switch (command) {
      case PeerEnvelope envelope -> onEnvelope(envelope);
      case Clock.TICK -> onTick();
    };
  }

  @Override
  public Behavior<Command> onSignal(Signal signal) {
    if (signal instanceof PostStop) {
      end();
    }
    return this;
  }

  private Behavior<Command> onEnvelope(PeerEnvelope envelope) {
    if (!inbox.accept(envelope)) {
      return this;
    }
    MemberId from = envelope.origin().member();
    switch (envelope.message()) {
      case SnapshotOffer offer -> onOffer(from, offer);
      case Chunk chunk -> onChunk(from, chunk);
      case SnapshotGone(LogPosition position) -> onGone(from, position);
      default -> {}
    }
    return this;
  }

  private void onOffer(MemberId from, SnapshotOffer offer) {
    if (transfer != null && transfer.offer().equals(offer) && transfer.from().equals(from)) {
      transfer.state().resume();
      fetch();
      return;
    }
    if (transfer != null && transfer.position().index() > offer.meta().position().index()) {
      return;
    }
    end();
    try {
      SnapshotTarget.Incoming file = target.open(offer);
      transfer =
          new Transfer(
              from,
              offer,
              new SnapshotTransferState(offer.sizeBytes(), file.length(), timing),
              file);
      progress();
    } catch (IOException failed) {
      fail(failed);
    }
  }

  private void onChunk(MemberId from, Chunk chunk) {
    if (!isCurrent(from, chunk.snapshot())) {
      return;
    }
    try {
      for (Bytes bytes : transfer.state().received(chunk.offset(), chunk.bytes())) {
        transfer.file().append(bytes);
      }
      progress();
    } catch (IOException failed) {
      fail(failed);
    }
  }

  private void onGone(MemberId from, LogPosition position) {
    if (isCurrent(from, position)) {
      end();
    }
  }

  private Behavior<Command> onTick() {
    if (transfer != null) {
      transfer.state().tick();
      if (transfer.state().isGivenUp()) {
        end();
      } else {
        fetch();
      }
    }
    return this;
  }

  private void progress() throws IOException {
    if (!transfer.state().isComplete()) {
      fetch();
      return;
    }
    Transfer done = transfer;
    transfer = null;
    if (done.file().finish()) {
      listener.tell(new Received(done.from(), done.offer().meta()));
    } else {
      LOG.atWarn()
          .addKeyValue("peer", done.from())
          .addKeyValue("snapshot", done.position())
          .log("a received snapshot does not verify");
    }
  }

  private void fetch() {
    directory
        .peer(transfer.from())
        .map(PeerDirectory.Peer::link)
        .ifPresent(
            link ->
                transfer
                    .state()
                    .fetches()
                    .forEach(
                        offset ->
                            link.send(
                                PeerLane.SNAPSHOT_SENDER,
                                new FetchChunk(transfer.position(), offset))));
  }

  private boolean isCurrent(MemberId from, LogPosition snapshot) {
    return transfer != null && transfer.from().equals(from) && transfer.position().equals(snapshot);
  }

  private void fail(IOException failed) {
    LOG.atError().setCause(failed).log("can't store a snapshot from a peer");
    end();
  }

  private void end() {
    if (transfer != null) {
      SnapshotTarget.Incoming file = transfer.file();
      transfer = null;
      try {
        file.close();
      } catch (IOException failed) {
        LOG.atWarn().setCause(failed).log("can't close a snapshot from a peer");
      }
    }
  }
}
