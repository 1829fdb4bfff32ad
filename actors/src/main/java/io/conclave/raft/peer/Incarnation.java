package io.conclave.raft.peer;

import java.util.random.RandomGenerator;

/** Names a data dir: 128 random bits that were written when it was made (architecture §8.7). */
public record Incarnation(long high, long low) {
  public static Incarnation random(RandomGenerator random) {
    return new Incarnation(random.nextLong(), random.nextLong());
  }

  /**
   * What {@link #toString} made.
   *
   * @throws IllegalArgumentException if it is not 32 hex digits
   */
  public static Incarnation parse(String hex) {
    if (!hex.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("no incarnation: " + hex);
    }
    return new Incarnation(
        Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16));
  }

  @Override
  public String toString() {
    return "%016x%016x".formatted(high, low);
  }
}
