package io.conclave.testkit.torture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything one run does, within stated limits.
 *
 * @param members 3 to 9
 * @param length of the time in which faults happen; recovery and checks come on top
 * @param faults which ones; empty for none
 * @param rate operations of all clients together, per second
 * @param seed decides what faults and clients choose; when things happen is not repeatable
 * @param faultsMin fewer count as a failure
 * @param acknowledgedMin the same for acknowledged operations
 * @param jvmFlags of every member, besides its usual ones
 */
record TorturePlan(
    int members,
    Duration length,
    List<Fault> faults,
    int rate,
    long seed,
    int faultsMin,
    long acknowledgedMin,
    List<String> jvmFlags) {

  /**
   * Checks all limits at once.
   *
   * @throws IllegalArgumentException naming every value that is out of range
   */
  TorturePlan {
    faults = List.copyOf(faults);
    jvmFlags = List.copyOf(jvmFlags);
    List<String> problems = new ArrayList<>();
    within(problems, "--members", members, 3, 9);
    within(problems, "--seconds", length.toSeconds(), 1, 86_400);
    within(problems, "--rate", rate, 1, 10_000);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  private static void within(List<String> problems, String name, long value, long min, long max) {
    if (value < min || value > max) {
      problems.add("%s must be %d to %d, not %d".formatted(name, min, max, value));
    }
  }
}
