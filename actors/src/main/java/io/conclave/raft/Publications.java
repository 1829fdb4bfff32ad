package io.conclave.raft;

import io.conclave.keyspace.Published;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.PeerProgress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What the Raft subtree publishes for readers in the same process. They outlive its restarts, and
 * none of them ever goes back to an older state.
 *
 * @param tree the newest applied one
 * @param view of this member and its cluster
 * @param now cluster time
 * @param progress how far this member has brought each of the others while it leads; empty
 *     otherwise. Replaced once in a heartbeat interval
 * @param replication counts of what goes between members
 * @param caughtUp done once the tree holds all that was known to be committed when the member
 *     started; before that it lacks what clients were promised to find
 */
public record Publications(
    Published<KeySpace> tree,
    Published<MemberView> view,
    Published<ClusterNow> now,
    Published<List<PeerProgress>> progress,
    ReplicationStats replication,
    CompletableFuture<Void> caughtUp) {

  /** Of a member that has not started. */
  public static Publications ofStarting(MemberId self, long clusterId, KeySpace empty) {
    MemberView view =
        new MemberView(
            self, clusterId, MemberView.RoleName.FOLLOWER, 0, MemberId.NONE, 0, 0, 0, false);
    return new Publications(
        new Published<>(empty),
        new Published<>(view),
        new Published<>(ClusterNow.UNKNOWN),
        new Published<>(List.of()),
        new ReplicationStats(),
        new CompletableFuture<>());
  }
}
