package io.conclave.raft;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Real time that a test can push forward. */
final class TestClock {
  private final AtomicLong aheadNanos = new AtomicLong();

  Clocks clocks() {
    return new Clocks(this::nanos, () -> System.currentTimeMillis() + aheadNanos.get() / 1_000_000);
  }

  long nanos() {
    return System.nanoTime() + aheadNanos.get();
  }

  void advance(Duration by) {
    aheadNanos.addAndGet(by.toNanos());
  }
}
