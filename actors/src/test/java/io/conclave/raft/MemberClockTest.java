package io.conclave.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.raft.core.Input;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class MemberClockTest {
  private static final long MILLI = 1_000_000;

  private final AtomicLong nanos = new AtomicLong(-5);
  private final MemberClock clock =
      new MemberClock(new Clocks(nanos::get, () -> 77), Duration.ofMillis(10));

  @Test
  void aLateTickIsOneTickAndItsFollowersAreNone() {
    nanos.addAndGet(300 * MILLI);
    assertEquals(Optional.of(new Input.Tick(300, 77)), clock.tick());
    assertEquals(Optional.empty(), clock.tick());
    nanos.addAndGet(4 * MILLI);
    assertEquals(Optional.empty(), clock.tick());
    nanos.addAndGet(6 * MILLI);
    assertEquals(Optional.of(new Input.Tick(10, 77)), clock.tick());
  }

  @Test
  void partsOfMillisecondsAreNotLost() {
    long total = 0;
    for (int i = 0; i < 1000; i++) {
      nanos.addAndGet(10 * MILLI + MILLI / 4);
      total += clock.tick().orElseThrow().elapsedMillis();
    }
    assertEquals(10_250, total);
  }
}
