package io.conclave.raft.peer;

import java.util.random.RandomGenerator;

/** Names a data dir: 128 random bits that were written when it was made (architecture §8.7). */
public record Incarnation(long high, long low) {
  public static Incarnation random(RandomGenerator random) {
    return new Incarnation(random.nextLong(), random.nextLong());
  }

  @Override
  public String toString() {
    return "%016x%016x".formatted(high, low);
  }
}
