package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

/**
 * The time an entry carries, set by the leader that appended it.
 *
 * @param clusterTime milliseconds since the cluster's first entry during which it had a leader;
 *     never decreases along the log. Deadlines of TTLs are cluster times.
 * @param wallOffset milliseconds to add to a cluster time for the Unix time of the leader's wall
 *     clock; only shown to people, never decides anything
 */
public record Stamp(long clusterTime, long wallOffset) {
  public static final Stamp ZERO = new Stamp(0, 0);

  public Stamp {
    require(clusterTime >= 0, "negative cluster time %d", clusterTime);
  }

  /** The Unix time in milliseconds that belongs to this stamp. */
  public long wallTime() {
    return clusterTime + wallOffset;
  }
}
