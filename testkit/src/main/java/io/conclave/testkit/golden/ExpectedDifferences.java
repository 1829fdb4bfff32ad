package io.conclave.testkit.golden;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The steps of recordings that differ on purpose, with the reason. A line reads {@code scenario
 * step reason}, the step being a number or a range such as {@code 3-9}; {@code #} begins a comment.
 */
public final class ExpectedDifferences {
  /** Nothing may differ. */
  public static final ExpectedDifferences NONE = new ExpectedDifferences(Map.of());

  private record Place(String scenario, int step) {}

  private final Map<Place, String> reasons;

  private ExpectedDifferences(Map<Place, String> reasons) {
    this.reasons = Map.copyOf(reasons);
  }

  /**
   * Reads a list.
   *
   * @throws IllegalArgumentException naming the line that has no step or no reason
   */
  public static ExpectedDifferences read(Path path) throws IOException {
    Map<Place, String> reasons = new HashMap<>();
    for (String line : Files.readAllLines(path)) {
      String entry = line.split("#", 2)[0].strip();
      if (entry.isEmpty()) {
        continue;
      }
      String[] words = entry.split("\\s+", 3);
      if (words.length < 3 || !words[1].matches("\\d{1,6}(-\\d{1,6})?")) {
        throw new IllegalArgumentException(path + ": expected 'scenario step reason': " + line);
      }
      String[] range = words[1].split("-");
      int last = Integer.parseInt(range[range.length - 1]);
      for (int step = Integer.parseInt(range[0]); step <= last; step++) {
        reasons.put(new Place(words[0], step), words[2]);
      }
    }
    return new ExpectedDifferences(reasons);
  }

  Optional<String> reason(String scenario, int step) {
    return Optional.ofNullable(reasons.get(new Place(scenario, step)));
  }
}
