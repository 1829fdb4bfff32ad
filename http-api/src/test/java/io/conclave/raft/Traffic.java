package io.conclave.raft;

import io.conclave.raft.core.MemberId;

/** Statistics as a leader with followers would make them. */
public final class Traffic {
  private Traffic() {}

  /** Two messages in half a second to one follower, which acknowledged both; one to another. */
  public static void ofLeader(ReplicationStats stats, MemberId busy, MemberId dead) {
    long later = System.nanoTime() + 3_600_000_000_000L; // or the test may come too late to see it
    stats.sent().count(100, later - 500_000_000);
    stats.sent().count(300, later);
    stats.acknowledged(busy, 1.5);
    stats.acknowledged(busy, 2.5);
    stats.failed(dead);
  }
}
