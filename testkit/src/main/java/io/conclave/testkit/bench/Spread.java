package io.conclave.testkit.bench;

import java.util.List;

/** The middle and the extremes of one figure over all rounds. */
record Spread(double median, double min, double max) {

  /**
   * Sums up the rounds; an even number of them has the mean of the two middle ones as its median.
   *
   * @throws IllegalArgumentException when there are none
   */
  static Spread of(List<Double> rounds) {
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("no rounds");
    }
    List<Double> sorted = rounds.stream().sorted().toList();
    int half = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    return new Spread(median, sorted.getFirst(), sorted.getLast());
  }
}
