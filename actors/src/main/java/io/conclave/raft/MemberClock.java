package io.conclave.raft;

import io.conclave.raft.core.Input;
import io.conclave.raft.core.Stamp;
import java.time.Duration;
import java.util.Optional;

/**
 * Turns timer messages into ticks of the core: a late one is one tick, and those that follow on its
 * heels are none, so that a pause never ends in a burst. No millisecond gets lost.
 */
final class MemberClock {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Clocks clocks;
  private final long tickNanos;
  private long lastTick;
  private long countedNanos;

  MemberClock(Clocks clocks, Duration tick) {
    this.clocks = clocks;
    this.tickNanos = tick.toNanos();
    this.lastTick = clocks.nanos().getAsLong();
  }

  /** On the scale of deadlines. */
  long nanos() {
    return clocks.nanos().getAsLong();
  }

  /** Empty if the timer fired again within half a tick. */
  Optional<Input.Tick> tick() {
    return tickAfter(tickNanos / 2);
  }

  /** A tick whose time is over though the timer has not been heard yet. */
  Optional<Input.Tick> late() {
    return tickAfter(tickNanos + tickNanos / 2);
  }

  private Optional<Input.Tick> tickAfter(long nanos) {
    long now = nanos();
    long passed = now - lastTick;
    if (passed < nanos) {
      return Optional.empty();
    }
    lastTick = now;
    countedNanos += passed;
    long millis = countedNanos / NANOS_PER_MILLI;
    countedNanos -= millis * NANOS_PER_MILLI;
    return Optional.of(new Input.Tick(millis, clocks.wallMillis().getAsLong()));
  }

  /** Cluster time as the core knows it since its last tick. */
  ClusterNow now(Stamp known, boolean leads) {
    return new ClusterNow(known, lastTick, leads);
  }
}
