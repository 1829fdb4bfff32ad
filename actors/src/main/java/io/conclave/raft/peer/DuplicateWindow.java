package io.conclave.raft.peer;

/**
 * Remembers which of the last {@value #WIDTH} message numbers have been seen. A number that fell
 * out of the window counts as seen. Not thread-safe.
 */
final class DuplicateWindow {
  static final int WIDTH = 1024;

  private final long[] seen = new long[WIDTH / Long.SIZE];
  private long highest;

  /** True once for each number from 1 on, as long as it is less than the width behind. */
  boolean admit(long number) {
    if (number < 1 || number <= highest - WIDTH) {
      return false;
    }
    if (number > highest) {
      slideTo(number);
    }
    int slot = (int) (number % WIDTH);
    long bit = 1L << slot % Long.SIZE;
    if ((seen[slot / Long.SIZE] & bit) != 0) {
      return false;
    }
    seen[slot / Long.SIZE] |= bit;
    return true;
  }

  private void slideTo(long number) {
    long from = Math.max(highest + 1, number - WIDTH + 1);
    for (long skipped = from; skipped <= number; skipped++) {
      int slot = (int) (skipped % WIDTH);
      seen[slot / Long.SIZE] &= ~(1L << slot % Long.SIZE);
    }
    highest = number;
  }
}
