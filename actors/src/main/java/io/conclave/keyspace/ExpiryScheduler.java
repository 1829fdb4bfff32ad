package io.conclave.keyspace;

import io.conclave.keyspace.tree.KeySpace;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Asks for a {@link io.conclave.keyspace.tree.Command.Sync} once the earliest TTL has run out;
 * lives on the leader, as long as it leads. One at a time, and none while nothing is due, so an
 * idle cluster writes nothing (divergence 9). It reads the published tree and so costs the key
 * space no message.
 */
public final class ExpiryScheduler extends AbstractMatchingBehavior<ExpiryScheduler.Command> {
  private final Published<KeySpace> tree;
  private final LongSupplier clusterTime;
  private final ActorRef<SyncDue> proposer;
  private boolean underWay;

  /** What the scheduler accepts. */
  public sealed interface Command {}

  /** What became of the proposal it asked for; the next one waits for this. */
  public enum Settled implements Command {
    APPLIED,
    FAILED
  }

  private enum Check implements Command {
    TICK
  }

  /** The request to propose a Sync; answered by {@link Settled}. */
  public record SyncDue(ActorRef<Command> replyTo) {}

  private ExpiryScheduler(
      ActorContext<Command> context,
      Published<KeySpace> tree,
      LongSupplier clusterTime,
      ActorRef<SyncDue> proposer) {
    super(context);
    this.tree = tree;
    this.clusterTime = clusterTime;
    this.proposer = proposer;
  }

  /**
   * @param interval between two looks at the earliest deadline
   * @param clusterTime in milliseconds, not later than the stamp of an entry proposed now: else the
   *     Sync would find nothing due
   */
  public static Behavior<Command> create(
      Duration interval,
      Published<KeySpace> tree,
      LongSupplier clusterTime,
      ActorRef<SyncDue> proposer) {
    Behavior<Command> scheduler =
        Behaviors.withTimers(
            timers ->
                Behaviors.setup(
                    context -> {
                      timers.startTimerWithFixedDelay(Check.TICK, interval);
                      return new ExpiryScheduler(context, tree, clusterTime, proposer);
                    }));
    return Behaviors.supervise(scheduler).onFailure(SupervisorStrategy.restart());
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    switch (command) {
      case Check.TICK -> proposeIfDue();
      case Settled.APPLIED -> {
        underWay = false;
        proposeIfDue();
      }
      case Settled.FAILED -> underWay = false;
    }
    return this;
  }

  private void proposeIfDue() {
    OptionalLong next = tree.get().nextExpiry();
    if (!underWay && next.isPresent() && next.getAsLong() <= clusterTime.getAsLong()) {
      underWay = true;
      proposer.tell(new SyncDue(getContext().getSelf()));
    }
  }
}
