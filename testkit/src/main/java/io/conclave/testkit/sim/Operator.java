package io.conclave.testkit.sim;

import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.ProposalTracker.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Somebody who changes the configuration: for the sake of change, and to replace members whose disk
 * is lost.
 */
final class Operator {
  private static final int MEMBERS_MAX = 7;
  private static final Request IGNORED =
      new Request() {
        @Override
        public void applied(LogEntry entry, Outcome outcome) {}

        @Override
        public void failed(Failure failure) {}
      };

  private final SimCluster cluster;
  private final RandomGenerator random;
  private long nextMember = 100;

  Operator(SimCluster cluster, RandomGenerator random) {
    this.cluster = cluster;
    this.random = random;
  }

  /** Does one thing, if there is somebody to tell. */
  void act() {
    if (!repair()) {
      toAny(random.nextInt(8) == 0 ? rename() : growOrShrink());
    }
  }

  /** Removes a member that can't come back; false if there is none. */
  boolean repair() {
    Optional<SimHost> lost = lost().stream().findFirst();
    lost.ifPresent(host -> toAny(Optional.of(new Change.Remove(host.id))));
    return lost.isPresent();
  }

  /** Members of the configuration that are not sound any more. */
  List<SimHost> lost() {
    return cluster.homes().stream()
        .filter(host -> !host.isSound())
        .filter(host -> host.standing() != SimHost.Standing.REMOVED)
        .filter(host -> cluster.applied().member(host.id).isPresent())
        .toList();
  }

  private Optional<Change> growOrShrink() {
    Membership membership = cluster.applied();
    List<MemberId> ids = new ArrayList<>(membership.members().keySet());
    int voters = membership.voters().size();
    boolean grow =
        voters <= cluster.plan.votersMin() || ids.size() < MEMBERS_MAX && random.nextBoolean();
    if (grow && ids.size() < MEMBERS_MAX) {
      return Optional.of(new Change.Add(SimCluster.member(new MemberId(nextMember++), true)));
    }
    MemberId gone = ids.get(random.nextInt(ids.size()));
    return voters > cluster.plan.votersMin() || membership.isLearner(gone)
        ? Optional.of(new Change.Remove(gone))
        : Optional.empty();
  }

  /** Gives a member another address besides its own, at which nobody is. */
  private Optional<Change> rename() {
    List<MemberId> ids = new ArrayList<>(cluster.applied().members().keySet());
    MemberId id = ids.get(random.nextInt(ids.size()));
    return Optional.of(
        new Change.UpdatePeerUrls(
            id, List.of("http://m" + id + ":2380", "http://n" + nextMember++ + ":2380")));
  }

  private void toAny(Optional<Change> change) {
    List<SimHost> up = cluster.up();
    if (change.isPresent() && !up.isEmpty()) {
      SimHost host = up.get(random.nextInt(up.size()));
      long patience = cluster.plan.kind() == RunPlan.Kind.IDENTITY ? 200_000 : 3_000_000;
      long deadline = cluster.clock.nowMicros() + patience / 4 + random.nextLong(patience);
      cluster.changeAsked(deadline);
      host.member().requests().propose(change.get(), IGNORED, deadline);
      host.attempt();
    }
  }
}
