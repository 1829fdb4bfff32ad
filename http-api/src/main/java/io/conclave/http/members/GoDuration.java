package io.conclave.http.members;

import java.math.BigDecimal;
import java.time.Duration;

/** A duration as Go writes it: {@code 2.059237857s}, {@code 1m3.2s}, {@code 1h0m2s}. */
final class GoDuration {
  private static final long NANOS_A_SECOND = 1_000_000_000;
  private static final long NANOS_A_MILLI = 1_000_000;
  private static final long NANOS_A_MICRO = 1_000;

  private GoDuration() {}

  /**
   * @param duration a negative one, after a clock was set back, counts as zero
   */
  static String text(Duration duration) {
    long nanos = Math.max(0, duration.toNanos());
    if (nanos == 0) {
      return "0s";
    }
    if (nanos < NANOS_A_MICRO) {
      return nanos + "ns";
    }
    if (nanos < NANOS_A_MILLI) {
      return decimal(nanos, NANOS_A_MICRO) + "µs";
    }
    if (nanos < NANOS_A_SECOND) {
      return decimal(nanos, NANOS_A_MILLI) + "ms";
    }
    long minutes = nanos / NANOS_A_SECOND / 60;
    String seconds = decimal(nanos - minutes * 60 * NANOS_A_SECOND, NANOS_A_SECOND) + "s";
    if (minutes == 0) {
      return seconds;
    }
    String rest = minutes % 60 + "m" + seconds;
    return minutes < 60 ? rest : minutes / 60 + "h" + rest;
  }

  private static String decimal(long nanos, long unit) {
    BigDecimal exact = BigDecimal.valueOf(nanos).divide(BigDecimal.valueOf(unit));
    return exact.signum() == 0 ? "0" : exact.stripTrailingZeros().toPlainString();
  }
}
