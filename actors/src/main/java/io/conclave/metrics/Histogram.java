package io.conclave.metrics;

import java.util.concurrent.atomic.LongAdder;

/** Durations in buckets whose bounds double, 0.5 ms to 2 s, as etcd's are; any thread. */
public final class Histogram {
  private static final double FIRST_SECONDS = 0.0005;
  private static final long FIRST_NANOS = 500_000;
  private static final int BOUNDED = 13;

  private final LongAdder[] counts = new LongAdder[BOUNDED + 1];
  private final LongAdder sumNanos = new LongAdder();

  public Histogram() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  public void observe(long nanos) {
    counts[bucketOf(nanos)].increment();
    sumNanos.add(nanos);
  }

  /** How many there are; the last one has no upper bound. */
  public int buckets() {
    return counts.length;
  }

  /** Durations in this bucket alone. */
  public long countOf(int bucket) {
    return counts[bucket].sum();
  }

  public double upperSeconds(int bucket) {
    return FIRST_SECONDS * (1 << bucket);
  }

  public double sumSeconds() {
    return sumNanos.sum() / 1e9;
  }

  private static int bucketOf(long nanos) {
    int bucket = 0;
    while (bucket < BOUNDED && nanos > FIRST_NANOS << bucket) {
      bucket++;
    }
    return bucket;
  }
}
