package io.conclave.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatencyRecorderTest {
  @Test
  void nothingRecordedReadsAsZero() {
    LatencyRecorder recorder = new LatencyRecorder();
    assertEquals(0, recorder.nanosAt(0.99));
    assertEquals(0, recorder.maxNanos());
  }

  @Test
  void readingsAreAtMostOnePartIn128AboveTheExactOnes() {
    SplittableRandom random = new SplittableRandom(7);
    LatencyRecorder recorder = new LatencyRecorder();
    long[] exact = new long[20_000];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = random.nextLong(1L << random.nextInt(1, 38));
      recorder.record(exact[i]);
    }
    Arrays.sort(exact);
    for (double share : new double[] {0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1}) {
      long expected = exact[(int) Math.ceil(share * exact.length) - 1];
      long read = recorder.nanosAt(share);
      assertTrue(read >= expected, share + ": " + read + " below " + expected);
      assertTrue(read <= expected + expected / 128 + 1, share + ": " + read + " for " + expected);
    }
  }

  @Test
  void theSlowestIsExactAndNoReadingExceedsIt() {
    LatencyRecorder recorder = new LatencyRecorder();
    recorder.record(1_000_001);
    assertEquals(1_000_001, recorder.nanosAt(1));
    assertEquals(1_000_001, recorder.maxNanos());
  }

  @Test
  void whatIsOutOfRangeCountsAsTheNearestInRange() {
    LatencyRecorder recorder = new LatencyRecorder();
    recorder.record(-5);
    recorder.record(Long.MAX_VALUE);
    assertEquals(2, recorder.count());
    assertEquals(0, recorder.nanosAt(0.5));
    assertEquals(LatencyRecorder.NANOS_MAX, recorder.nanosAt(1));
  }

  @Test
  void twoRecordersAddUp() {
    LatencyRecorder one = new LatencyRecorder();
    LatencyRecorder other = new LatencyRecorder();
    one.record(10);
    other.record(100);
    other.record(120);
    one.add(other);
    assertEquals(3, one.count());
    assertEquals(100, one.nanosAt(0.5));
    assertEquals(120, one.maxNanos());
  }

  @Test
  void aShareOutsideOfItsRangeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new LatencyRecorder().nanosAt(0));
    assertThrows(IllegalArgumentException.class, () -> new LatencyRecorder().nanosAt(1.5));
  }
}
