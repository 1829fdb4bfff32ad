package io.conclave.keyspace.tree;

import io.conclave.raft.core.Stamp;

/** When nodes expire, in milliseconds of cluster time (spec v2-keys §8). */
final class Deadline {
  /** Of a node without a TTL. */
  static final long NEVER = Long.MAX_VALUE;

  /** Unix time in nanoseconds of the year 2000: an earlier time means none where a node is made. */
  private static final long YEAR_2000_NANOS = 946_684_800_000_000_000L;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long SECONDS_MAX = Long.MAX_VALUE / NANOS_PER_SECOND;

  private Deadline() {}

  /**
   * The deadline of a node that is made or replaced. A TTL so large that etcd's 64-bit arithmetic
   * wraps to a time before the year 2000 makes it permanent.
   */
  static long ofNewNode(Ttl ttl, Stamp stamp) {
    return switch (ttl) {
      case Ttl.Permanent() -> NEVER;
      case Ttl.Seconds(long seconds) when fits(seconds, stamp) -> plain(seconds, stamp);
      case Ttl.Seconds(long seconds) -> {
        long wrapped = wrappedNanos(seconds, stamp);
        yield wrapped < YEAR_2000_NANOS ? NEVER : ofWallNanos(wrapped, stamp);
      }
    };
  }

  /**
   * The deadline of a node that is kept; here a TTL that wraps into the past expires it at once.
   */
  static long ofKeptNode(Ttl ttl, Stamp stamp) {
    return switch (ttl) {
      case Ttl.Permanent() -> NEVER;
      case Ttl.Seconds(long seconds) when fits(seconds, stamp) -> plain(seconds, stamp);
      case Ttl.Seconds(long seconds) -> ofWallNanos(wrappedNanos(seconds, stamp), stamp);
    };
  }

  /** Whole seconds left, rounded up while positive, towards zero when overdue. */
  static long secondsLeft(long deadline, long clusterTime) {
    long millis = deadline - clusterTime;
    return millis / 1000 + (millis % 1000 > 0 ? 1 : 0);
  }

  /** No 64-bit number of nanoseconds overflows, neither the TTL's nor that of the wall clock. */
  private static boolean fits(long seconds, Stamp stamp) {
    return seconds >= 0
        && seconds <= SECONDS_MAX - Math.max(0, Math.ceilDiv(stamp.wallTime(), 1000L));
  }

  private static long plain(long seconds, Stamp stamp) {
    return stamp.clusterTime() + seconds * 1000;
  }

  /** The wall-clock time that etcd would have stored: two products and a sum, each modulo 2^64. */
  private static long wrappedNanos(long seconds, Stamp stamp) {
    return stamp.wallTime() * NANOS_PER_MILLI + seconds * NANOS_PER_SECOND;
  }

  private static long ofWallNanos(long wallNanos, Stamp stamp) {
    return stamp.clusterTime() + Math.floorDiv(wallNanos, NANOS_PER_MILLI) - stamp.wallTime();
  }
}
