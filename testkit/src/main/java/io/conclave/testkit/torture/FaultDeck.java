package io.conclave.testkit.torture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Deals faults like cards: each kind comes up before any comes up again, in an order that the seed
 * decides, so that no kind is missing from a run of some length.
 */
final class FaultDeck {
  private final List<Fault> kinds;
  private final Random random;
  private final Deque<Fault> left = new ArrayDeque<>();

  FaultDeck(List<Fault> kinds, Random random) {
    this.kinds = List.copyOf(kinds);
    this.random = random;
  }

  /** Empty if there are no kinds. */
  Optional<Fault> next() {
    if (left.isEmpty()) {
      List<Fault> shuffled = new ArrayList<>(kinds);
      Collections.shuffle(shuffled, random);
      left.addAll(shuffled);
    }
    return Optional.ofNullable(left.poll());
  }
}
