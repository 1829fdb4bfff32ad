package io.conclave.raft;

/**
 * How many messages with entries went one way, and how fast lately (spec v2-cluster §8). Safe for
 * any thread.
 */
public final class AppendRate {
  /** Messages that the rate is taken over. */
  static final int SAMPLES = 200;

  private static final long SILENCE_NANOS = 1_000_000_000L;
  private static final double NANOS_A_SECOND = 1e9;

  private final long[] nanos = new long[SAMPLES];
  private final long[] bytes = new long[SAMPLES];
  private long total;
  private int newest = -1;
  private int samples;
  private long sampledBytes;

  /**
   * What is known at one moment.
   *
   * @param total messages ever
   * @param messagesPerSecond 0 after a second of silence
   * @param bytesPerSecond likewise
   */
  public record Reading(long total, double messagesPerSecond, double bytesPerSecond) {}

  /** One message passed at {@code nowNanos}, on the monotonic clock. */
  synchronized void count(long size, long nowNanos) {
    total++;
    newest = (newest + 1) % SAMPLES;
    if (samples == SAMPLES) {
      sampledBytes -= bytes[newest];
    } else {
      samples++;
    }
    nanos[newest] = nowNanos;
    bytes[newest] = size;
    sampledBytes += size;
  }

  /** The rate as of {@code nowNanos}. */
  public synchronized Reading read(long nowNanos) {
    if (samples > 0 && nowNanos - nanos[newest] > SILENCE_NANOS) {
      samples = 0;
      sampledBytes = 0;
    }
    long spanNanos = samples == 0 ? 0 : nanos[newest] - nanos[oldest()];
    if (spanNanos <= 0) {
      return new Reading(total, 0, 0);
    }
    double seconds = spanNanos / NANOS_A_SECOND;
    return new Reading(total, samples / seconds, sampledBytes / seconds);
  }

  private int oldest() {
    return (newest - samples + 1 + SAMPLES) % SAMPLES;
  }
}
