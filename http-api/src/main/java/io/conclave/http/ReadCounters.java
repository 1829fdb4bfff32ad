package io.conclave.http;

import java.util.concurrent.atomic.LongAdder;

/**
 * Reads of the store, counted by each member for itself (spec v2-cluster §8). As in etcd the
 * look-up whether authentication is on, which every request to keys, members and auth makes, counts
 * as a failed read until it has been set up.
 */
public final class ReadCounters {
  private final LongAdder success = new LongAdder();
  private final LongAdder fail = new LongAdder();

  public void success() {
    success.increment();
  }

  public void fail() {
    fail.increment();
  }

  public long successes() {
    return success.sum();
  }

  public long fails() {
    return fail.sum();
  }
}
