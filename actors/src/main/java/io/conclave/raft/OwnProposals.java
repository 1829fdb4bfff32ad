package io.conclave.raft;

import io.conclave.keyspace.CommandCodec;
import io.conclave.keyspace.ExpiryScheduler;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.Command.Sync;
import io.conclave.keyspace.tree.KeySpace;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/** What a member proposes of its own accord: who it is, the cluster's version, expired keys. */
final class OwnProposals {
  /** As long as etcd gives its own: 5 s and two election timeouts. */
  private static final long TIMEOUT_BASE_NANOS = 5_000_000_000L;

  private final MemberRequests requests;
  private final Introduction introduction;
  private final Consumer<Boolean> introduced;
  private final long timeoutNanos;

  /**
   * @param introduced called on any thread when an attempt to introduce the member is over; {@link
   *     #introduced} must follow
   */
  OwnProposals(MemberRequests requests, MemberSetup setup, Consumer<Boolean> introduced) {
    this.requests = requests;
    this.introduction = new Introduction(setup.identity());
    this.introduced = introduced;
    this.timeoutNanos =
        TIMEOUT_BASE_NANOS
            + 2L * setup.raft().core().timing().electionTicks() * setup.raft().tick().toNanos();
  }

  /** Goes on with the introduction, if it waits for nothing. */
  void introduce(KeySpace tree, boolean leads, long nowNanos) {
    introduction.next(tree, leads).ifPresent(command -> propose(command, nowNanos, introduced));
  }

  void introduced(boolean success) {
    introduction.settled(success);
  }

  /** The member has introduced itself and the version is decided. */
  boolean isIntroduced() {
    return introduction.isDone();
  }

  void sync(ActorRef<ExpiryScheduler.Command> replyTo, long nowNanos) {
    propose(
        new Sync(),
        nowNanos,
        success ->
            replyTo.tell(
                success ? ExpiryScheduler.Settled.APPLIED : ExpiryScheduler.Settled.FAILED));
  }

  private void propose(Command command, long nowNanos, Consumer<Boolean> settled) {
    requests.proposeOwn(CommandCodec.encode(command), nowNanos + timeoutNanos, settled);
  }
}
