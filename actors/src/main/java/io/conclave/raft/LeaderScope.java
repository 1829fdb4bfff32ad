package io.conclave.raft;

import io.conclave.keyspace.ExpiryScheduler;
import io.conclave.keyspace.KeySpaceSettings;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/** The leader of a term: runs the scheduler of TTLs and a replicator for each follower. */
final class LeaderScope implements RoleScope {
  private final ActorContext<RaftMember.Command> context;
  private final Replicators replicators;
  private final ActorRef<ExpiryScheduler.Command> expiry;

  /**
   * @param term makes the children's names unique, for those of an earlier term may still be
   *     stopping
   * @param proposer proposes a Sync when asked
   */
  LeaderScope(
      ActorContext<RaftMember.Command> context,
      long term,
      Replicators replicators,
      KeySpaceSettings settings,
      Publications published,
      ActorRef<ExpiryScheduler.SyncDue> proposer) {
    this.context = context;
    this.replicators = replicators;
    this.expiry =
        context.spawn(
            ExpiryScheduler.create(
                settings.expiryCheckInterval(),
                published.tree(),
                () -> published.now().get().known().clusterTime(),
                proposer),
            "expiry-" + term,
            DispatcherSelector.fromConfig(RaftSettings.DISPATCHER));
  }

  @Override
  public MemberView.RoleName name() {
    return MemberView.RoleName.LEADER;
  }

  @Override
  public Optional<Replicators> replicators() {
    return Optional.of(replicators);
  }

  @Override
  public void leave() {
    context.stop(expiry);
    replicators.stop();
  }
}
