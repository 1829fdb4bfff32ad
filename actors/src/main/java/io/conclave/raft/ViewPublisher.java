package io.conclave.raft;

import io.conclave.keyspace.Published;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.PeerProgress;
import io.conclave.raft.core.RaftCore;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Shows readers what this member knows; makes a new view only when something has changed. */
final class ViewPublisher {
  private final MemberIdentity identity;
  private final Published<MemberView> published;
  private final Published<List<PeerProgress>> progress;
  private final ReplicationStats stats;
  private final CompletableFuture<Void> caughtUp;
  private final Clocks clocks;
  private final long recoveredCommit;

  /**
   * @param recoveredCommit the highest index that was known to be committed at the start
   */
  ViewPublisher(MemberSetup setup, long recoveredCommit) {
    this.identity = setup.identity();
    this.published = setup.published().view();
    this.progress = setup.published().progress();
    this.stats = setup.published().replication();
    this.caughtUp = setup.published().caughtUp();
    this.clocks = setup.clocks();
    this.recoveredCommit = recoveredCommit;
  }

  /** Called before entries leave for the key space: whoever is answered sees their commit. */
  void publish(RaftCore core, MemberView.RoleName role, long appliedIndex, boolean ready) {
    if (appliedIndex >= recoveredCommit) {
      caughtUp.complete(null);
    }
    MemberView old = published.get();
    boolean sameLeader = core.leader().equals(old.leader());
    if (sameLeader
        && old.role() == role
        && old.term() == core.term()
        && old.commitIndex() == core.commitIndex()
        && old.appliedIndex() == appliedIndex
        && old.ready() == ready) {
      return;
    }
    boolean news = !sameLeader && !core.leader().isNone();
    if (news) {
      stats.leaderSeen();
    }
    published.set(
        new MemberView(
            identity.self(),
            identity.clusterId(),
            role,
            core.term(),
            core.leader(),
            news ? clocks.wallMillis().getAsLong() : old.leaderSinceMillis(),
            core.commitIndex(),
            appliedIndex,
            ready));
  }

  /** Of a leader; others have none. */
  void publish(List<PeerProgress> peers) {
    if (!peers.equals(progress.get())) {
      progress.set(peers);
    }
  }

  /** The member has stopped: nobody is known to lead. */
  void stopped() {
    progress.set(List.of());
    MemberView old = published.get();
    published.set(
        new MemberView(
            old.self(),
            old.clusterId(),
            MemberView.RoleName.FOLLOWER,
            old.term(),
            MemberId.NONE,
            old.leaderSinceMillis(),
            old.commitIndex(),
            old.appliedIndex(),
            false));
  }
}
