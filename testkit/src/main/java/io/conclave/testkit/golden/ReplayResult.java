package io.conclave.testkit.golden;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How a replay went.
 *
 * @param matched steps that came out as recorded
 * @param differAsListed steps that differ, as the list of expected differences says
 * @param mismatches all others
 */
public record ReplayResult(
    String scenario, int matched, int differAsListed, List<Mismatch> mismatches) {
  public ReplayResult {
    mismatches = List.copyOf(mismatches);
  }

  /** A step that did not come out as recorded, and in what. */
  public record Mismatch(int step, String what, List<String> differences) {
    public Mismatch {
      differences = List.copyOf(differences);
    }

    @Override
    public String toString() {
      return "step %d, %s%n    %s".formatted(step, what, String.join("\n    ", differences));
    }
  }

  /** All mismatches, for people. */
  public String describe() {
    return "%s: %d matched, %d differ as listed, %d mismatched%n%s"
        .formatted(
            scenario,
            matched,
            differAsListed,
            mismatches.size(),
            mismatches.stream().map(Mismatch::toString).collect(Collectors.joining("\n")));
  }
}
