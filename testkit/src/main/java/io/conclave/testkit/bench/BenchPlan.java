package io.conclave.testkit.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything one run does, within stated limits.
 *
 * @param targets one endpoint, or two to compare
 * @param rows what is measured, in this order
 * @param rounds how often each target is measured in each row, alternating
 * @param round length of one measurement
 * @param warmUp length of the load before the first measurement of a row, on each target
 * @param timeout after which a request counts as failed
 * @param keys how many keys exist
 * @param valueBytes length of each value
 * @param writePercent share of writes in the mixed workload
 * @param threads how many client threads share the connections
 * @param seed of the random choice of keys
 */
record BenchPlan(
    List<Target> targets,
    List<Row> rows,
    int rounds,
    Duration round,
    Duration warmUp,
    Duration timeout,
    int keys,
    int valueBytes,
    int writePercent,
    int threads,
    long seed) {

  /**
   * Checks all limits at once.
   *
   * @throws IllegalArgumentException naming every value that is out of range
   */
  BenchPlan {
    targets = List.copyOf(targets);
    rows = List.copyOf(rows);
    List<String> problems = new ArrayList<>();
    within(problems, "targets", targets.size(), 1, 2);
    within(problems, "rows", rows.size(), 1, 100);
    within(problems, "--rounds", rounds, 1, 100);
    within(problems, "--seconds", round.toSeconds(), 1, 600);
    within(problems, "--warmup", warmUp.toSeconds(), 0, 600);
    within(problems, "--timeout", timeout.toSeconds(), 1, 60);
    within(problems, "--keys", keys, 1, 1_000_000);
    within(problems, "--value-bytes", valueBytes, 1, 1024 * 1024);
    within(problems, "keys times value bytes", (long) keys * valueBytes, 1, 256L * 1024 * 1024);
    within(problems, "--write-percent", writePercent, 0, 100);
    within(problems, "--threads", threads, 1, 16);
    for (Row row : rows) {
      within(problems, "connections", row.connections(), 1, 10_000);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /** How long the load lasts; making the keys and connecting come on top. */
  Duration expected() {
    return warmUp
        .plus(round.multipliedBy(rounds))
        .multipliedBy((long) rows.size() * targets.size());
  }

  private static void within(List<String> problems, String name, long value, long min, long max) {
    if (value < min || value > max) {
      problems.add("%s must be %d to %d, not %d".formatted(name, min, max, value));
    }
  }
}
