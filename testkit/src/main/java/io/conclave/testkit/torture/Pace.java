package io.conclave.testkit.torture;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * How fast one client works and until when. A rate that the event history can follow keeps watches
 * continuable after an outage; a history that nobody outruns would test nothing but its end.
 */
final class Pace {
  private final long intervalNanos;
  private volatile boolean ended;

  /**
   * @param perSecond operations of one client
   */
  Pace(double perSecond) {
    this.intervalNanos = Math.round(TimeUnit.SECONDS.toNanos(1) / perSecond);
  }

  /** Waits for the next turn; false when there is none. */
  boolean next(RandomGenerator random) {
    if (ended) {
      return false;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(random.nextLong(2 * intervalNanos));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !ended;
  }

  /** Lets clients finish what they do and begin nothing more. */
  void end() {
    ended = true;
  }
}
