package io.conclave.raft;

import io.conclave.raft.core.MemberId;

/**
 * What a member knows about itself and its cluster, published for readers in the same process.
 *
 * @param leader {@link MemberId#NONE} if none is known
 * @param leaderSinceMillis Unix time at which this leader became known, 0 if none ever was
 * @param appliedIndex of the newest entry applied to the published tree
 * @param ready the member has published itself and the cluster version is set
 */
public record MemberView(
    MemberId self,
    long clusterId,
    RoleName role,
    long term,
    MemberId leader,
    long leaderSinceMillis,
    long commitIndex,
    long appliedIndex,
    boolean ready) {

  /** Named as {@code /v2/stats/self} names them. */
  public enum RoleName {
    FOLLOWER("StateFollower"),
    CANDIDATE("StateCandidate"),
    LEADER("StateLeader");

    private final String statsName;

    RoleName(String statsName) {
      this.statsName = statsName;
    }

    public String statsName() {
      return statsName;
    }
  }

  public boolean hasLeader() {
    return !leader.isNone();
  }

  public boolean isLeader() {
    return leader.equals(self) && role == RoleName.LEADER;
  }
}
