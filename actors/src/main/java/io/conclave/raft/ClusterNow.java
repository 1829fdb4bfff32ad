package io.conclave.raft;

import io.conclave.raft.core.Stamp;

/**
 * Cluster time as this member knew it at one moment, published so that readers can tell the
 * remaining time to live without a message (spec v2-keys §8).
 *
 * <p>While the member leads, its monotonic clock carries cluster time on. A follower shows the last
 * value that it heard of, so that nobody ever sees a key as shorter-lived than its leader does.
 *
 * @param known the newest cluster time and wall offset
 * @param atNanos on {@link System#nanoTime}'s scale, when {@code known} was true
 * @param advancing cluster time passes: the member leads
 */
public record ClusterNow(Stamp known, long atNanos, boolean advancing) {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Of a member that has not started. */
  public static final ClusterNow UNKNOWN = new ClusterNow(Stamp.ZERO, 0, false);

  /**
   * The stamp that a command would get now.
   *
   * @param nanoTime {@link System#nanoTime} of the caller
   */
  public Stamp at(long nanoTime) {
    long passed = advancing ? Math.max(0, nanoTime - atNanos) / NANOS_PER_MILLI : 0;
    return passed == 0 ? known : new Stamp(known.clusterTime() + passed, known.wallOffset());
  }
}
