package io.conclave.keyspace;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.ProposalTracker.Attached;
import io.conclave.watch.WatchFeed;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The only writer of the tree: folds batches of committed entries into it, publishes the new root
 * once per batch, tells the watcher hub, and answers whoever waits for an outcome, in this order.
 *
 * <p>Shares its fate with the Raft member: if anything in here fails, both start again from disk.
 */
public final class KeySpaceActor extends AbstractMatchingBehavior<KeySpaceActor.Command> {
  private final Published<KeySpace> published;
  private final WatchFeed feed;
  private final AppliedTree applied;

  /** What the key space accepts. */
  public sealed interface Command {}

  /**
   * Apply these entries, which continue the log; answered by {@link Applied}.
   *
   * @param entries committed and durable here, with those who wait for them
   */
  public record Apply(List<? extends Attached<? extends Proposer>> entries, ActorRef<Reply> replyTo)
      implements Command {}

  /**
   * Go on from an installed snapshot; answered by {@link Applied}. Watches are served from its
   * history, or end if that does not reach back to what they were told last.
   */
  public record Replace(KeySpace tree, LogPosition position, ActorRef<Reply> replyTo)
      implements Command {}

  /** Answer with the present tree; it costs nothing, for the tree is immutable. */
  public record TakeRoot(ActorRef<Reply> replyTo) implements Command {}

  /** Stop after everything that was sent before. */
  public enum Stop implements Command {
    NOW
  }

  /** What the key space answers. */
  public sealed interface Reply {}

  /** Everything up to {@code position} is applied and published. */
  public record Applied(LogPosition position) implements Reply {}

  /** The tree that has applied exactly up to {@code position}. */
  public record Root(KeySpace tree, LogPosition position) implements Reply {}

  private KeySpaceActor(
      ActorContext<Command> context,
      KeySpace tree,
      LogPosition applied,
      Published<KeySpace> published,
      WatchFeed feed) {
    super(context);
    this.applied = new AppliedTree(tree, applied);
    this.published = published;
    this.feed = feed;
    publish();
  }

  /**
   * @param tree to go on from
   * @param applied position of the last entry in it
   * @param published where the newest tree is shown; it is never replaced by an older one, which a
   *     restart from an older snapshot begins with
   */
  public static Behavior<Command> create(
      KeySpace tree, LogPosition applied, Published<KeySpace> published, WatchFeed feed) {
    // A behaviour is kept as long as its actor; the first tree must not be.
    AtomicReference<KeySpace> first = new AtomicReference<>(tree);
    return Behaviors.setup(
        context -> new KeySpaceActor(context, first.getAndSet(null), applied, published, feed));
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    return switch (command) {
      case Apply apply -> onApply(apply);
      case Replace replace -> onReplace(replace);
      case TakeRoot(ActorRef<Reply> replyTo) -> onTakeRoot(replyTo);
      case Stop.NOW -> Behaviors.stopped();
    };
  }

  private Behavior<Command> onApply(Apply apply) {
    AppliedTree.Applied result =
        applied.apply(apply.entries().stream().map(Attached::entry).toList());
    publish();
    feed.publish(result.events());
    for (int i = 0; i < result.outcomes().size(); i++) {
      Attached<? extends Proposer> attached = apply.entries().get(i);
      if (attached.reply().isPresent()) {
        attached.reply().get().applied(result.outcomes().get(i), attached.entry().position());
      }
    }
    apply.replyTo().tell(new Applied(applied.position()));
    return this;
  }

  private Behavior<Command> onReplace(Replace replace) {
    long told = applied.tree().index();
    applied.replace(replace.tree(), replace.position());
    publish();
    replace.tree().history().since(told).ifPresentOrElse(feed::publish, feed::breakOff);
    replace.replyTo().tell(new Applied(applied.position()));
    return this;
  }

  private void publish() {
    KeySpace tree = applied.tree();
    if (Long.compareUnsigned(tree.index(), published.get().index()) >= 0) {
      published.set(tree);
    }
  }

  private Behavior<Command> onTakeRoot(ActorRef<Reply> replyTo) {
    replyTo.tell(new Root(applied.tree(), applied.position()));
    return this;
  }
}
