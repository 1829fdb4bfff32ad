package io.conclave.raft;

/**
 * How sending to one follower goes, as {@code /v2/stats/leader} shows it.
 *
 * @param successes messages with entries that it acknowledged
 * @param failures messages that could not be sent
 * @param latency from sending to acknowledgement
 */
public record FollowerStats(long successes, long failures, Latency latency) {
  /** Of a follower that nothing was sent to. */
  public static final FollowerStats NONE = new FollowerStats(0, 0, Latency.NONE);

  /**
   * In milliseconds.
   *
   * @param minimum 2^63 before the first success
   */
  public record Latency(
      double current, double average, double averageSquare, double minimum, double maximum) {
    /** Of a follower that has acknowledged nothing. */
    public static final Latency NONE = new Latency(0, 0, 0, 0x1p63, 0);

    public double standardDeviation() {
      return Math.sqrt(Math.max(0, averageSquare - average * average));
    }

    private Latency with(double millis, long before) {
      double count = before + 1.0;
      return new Latency(
          millis,
          (average * before + millis) / count,
          (averageSquare * before + millis * millis) / count,
          Math.min(minimum, millis),
          Math.max(maximum, millis));
    }
  }

  FollowerStats succeeded(double millis) {
    return new FollowerStats(successes + 1, failures, latency.with(millis, successes));
  }

  FollowerStats failed() {
    return new FollowerStats(successes, failures + 1, latency);
  }
}
