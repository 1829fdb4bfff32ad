package io.conclave.raft.peer;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.core.SnapshotTransferState;
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
 * Fetches the snapshot that a leader offers, chunk by chunk, as {@link SnapshotIntake} decides.
 * What becomes of a finished file is decided by the core. Runs at {@link
 * PeerLane#SNAPSHOT_RECEIVER} on a dispatcher that may block.
 */
public final class SnapshotReceiver extends AbstractMatchingBehavior<SnapshotReceiver.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotReceiver.class);

  private final PeerInbox inbox;
  private final SnapshotIntake intake;

  /** What it accepts from outside: {@link PeerEnvelope} only. */
  public sealed interface Command permits PeerEnvelope, Clock {}

  /** Time passes. */
  enum Clock implements Command {
    TICK
  }

  /** The whole snapshot is on disk and checked. */
  public record Received(MemberId from, SnapshotMeta meta) {}

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
    this.intake = new SnapshotIntake(directory, target, timing, new Ends(listener));
    timers.startTimerWithFixedDelay(Clock.TICK, tick);
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    try {
      switch (command) {
        case PeerEnvelope envelope -> {
          if (inbox.accept(envelope)) {
            intake.received(envelope.origin().member(), envelope.message());
          }
        }
        case Clock.TICK -> intake.tick();
      }
    } catch (IOException failed) {
      LOG.atError().setCause(failed).log("can't store a snapshot from a peer");
      end();
    }
    return this;
  }

  @Override
  public Behavior<Command> onSignal(Signal signal) {
    if (signal instanceof PostStop) {
      end();
    }
    return this;
  }

  private void end() {
    try {
      intake.end();
    } catch (IOException failed) {
      LOG.atWarn().setCause(failed).log("can't close a snapshot from a peer");
    }
  }

  private record Ends(ActorRef<Received> listener) implements SnapshotIntake.Listener {
    @Override
    public void received(MemberId from, SnapshotOffer offer) {
      listener.tell(new Received(from, offer.meta()));
    }

    @Override
    public void unverified(MemberId from, SnapshotOffer offer) {
      LOG.atWarn()
          .addKeyValue("peer", from)
          .addKeyValue("snapshot", offer.meta().position())
          .log("a received snapshot does not verify");
    }
  }
}
