package io.conclave.testkit.golden;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Turns this server's store indexes into offsets from the start of a recording and back. Writes
 * that the recording has and this server refused on purpose leave holes in the offsets.
 */
final class IndexOffsets {
  private final long start;
  private final SortedSet<Long> skipped = new TreeSet<>();

  /**
   * Counts from the index that the server had before the first step.
   *
   * @param start X-Etcd-Index of the fresh server
   */
  IndexOffsets(long start) {
    this.start = start;
  }

  /** Takes the write recorded at that offset out of the arithmetic of all that follows. */
  void skip(long offset) {
    skipped.add(offset);
  }

  /** This server's index of the write recorded at that offset. */
  long indexAt(long offset) {
    return start + offset - skipped.headSet(offset).size();
  }

  /** The offset at which the write with that index of this server was recorded. */
  long offsetOf(long index) {
    long offset = index - start;
    for (long hole : skipped) {
      if (offset >= hole) {
        offset++;
      }
    }
    return offset;
  }

  /** How a recording writes an index; nothing for 0, which is no index. */
  Optional<String> placeholder(long index) {
    return index == 0 ? Optional.empty() : Optional.of("<idx:%+d>".formatted(offsetOf(index)));
  }

  /** Whether a number of 20 digits is likely to be the name of an in-order key. */
  boolean isNear(long index) {
    return index - start >= -1000 && index - start <= 1_000_000;
  }
}
