package io.conclave.testkit.bench;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Where a loop takes its next request from. The buffer is valid until the next call. */
sealed interface RequestSource {

  /** The next request, or nothing when all have been given out. */
  Optional<ByteBuffer> next();

  /** Whether a failed request does not matter because others follow. */
  boolean isEndless();

  /** Each request once. */
  final class Once implements RequestSource {
    private final List<ByteBuffer> requests;
    private int given;

    Once(List<ByteBuffer> requests) {
      this.requests = requests;
    }

    @Override
    public Optional<ByteBuffer> next() {
      return given == requests.size()
          ? Optional.empty()
          : Optional.of(requests.get(given++).rewind());
    }

    @Override
    public boolean isEndless() {
      return false;
    }
  }

  /** Random reads and writes without end. */
  final class Mix implements RequestSource {
    private final List<ByteBuffer> reads;
    private final List<ByteBuffer> writes;
    private final int writePercent;
    private final SplittableRandom random;

    Mix(
        List<ByteBuffer> reads,
        List<ByteBuffer> writes,
        int writePercent,
        SplittableRandom random) {
      this.reads = reads;
      this.writes = writes;
      this.writePercent = writePercent;
      this.random = random;
    }

    @Override
    public Optional<ByteBuffer> next() {
      List<ByteBuffer> chosen = random.nextInt(100) < writePercent ? writes : reads;
      return Optional.of(chosen.get(random.nextInt(chosen.size())).rewind());
    }

    @Override
    public boolean isEndless() {
      return true;
    }
  }
}
