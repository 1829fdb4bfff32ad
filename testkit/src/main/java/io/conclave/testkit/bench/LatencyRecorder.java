package io.conclave.testkit.bench;

/**
 * Counts every latency of a run in log-linear buckets of nanoseconds. Nothing is sampled or
 * corrected; a reading is never below the true value and at most 1/128 above it. Not safe for use
 * by several threads: give each its own and {@link #add} them.
 */
final class LatencyRecorder {
  /** The largest latency told apart, about 275 seconds; longer ones count as this. */
  static final long NANOS_MAX = (1L << 38) - 1;

  private static final int SUB_BUCKETS = 128;

  private final long[] counts = new long[bucketOf(NANOS_MAX) + 1];
  private long count;
  private long maxNanos;

  void record(long nanos) {
    long clamped = Math.clamp(nanos, 0, NANOS_MAX);
    counts[bucketOf(clamped)]++;
    count++;
    maxNanos = Math.max(maxNanos, clamped);
  }

  void add(LatencyRecorder other) {
    for (int bucket = 0; bucket < counts.length; bucket++) {
      counts[bucket] += other.counts[bucket];
    }
    count += other.count;
    maxNanos = Math.max(maxNanos, other.maxNanos);
  }

  long count() {
    return count;
  }

  /** The longest latency, 0 when nothing was recorded. */
  long maxNanos() {
    return maxNanos;
  }

  /**
   * The latency that the given share of all requests did not exceed, 0 when nothing was recorded.
   *
   * @param share above 0 and at most 1, such as 0.99
   */
  long nanosAt(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share out of range: " + share);
    }
    long rank = (long) Math.ceil(share * count);
    long seen = 0;
    for (int bucket = 0; bucket < counts.length; bucket++) {
      seen += counts[bucket];
      if (seen >= rank && seen > 0) {
        return Math.min(upperEdge(bucket), maxNanos);
      }
    }
    return 0;
  }

  /** Below 128 a bucket is one nanosecond; above, each power of two has 128 of them. */
  private static int bucketOf(long nanos) {
    if (nanos < SUB_BUCKETS) {
      return (int) nanos;
    }
    int shift = 63 - 7 - Long.numberOfLeadingZeros(nanos);
    return shift * SUB_BUCKETS + (int) (nanos >>> shift);
  }

  private static long upperEdge(int bucket) {
    if (bucket < SUB_BUCKETS) {
      return bucket;
    }
    int shift = bucket / SUB_BUCKETS - 1;
    long mantissa = bucket % SUB_BUCKETS + SUB_BUCKETS;
    return ((mantissa + 1) << shift) - 1;
  }
}
