package io.conclave.testkit.sim;

import java.util.ArrayList;
import java.util.List;

/** How often each {@link Happening} was seen. Not thread-safe. */
public final class Tally {
  private final long[] counts = new long[Happening.values().length];

  void count(Happening happening) {
    counts[happening.ordinal()]++;
  }

  public void add(Tally other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }

  public long of(Happening happening) {
    return counts[happening.ordinal()];
  }

  /** What was never seen. */
  public List<Happening> missing() {
    List<Happening> missing = new ArrayList<>();
    for (Happening happening : Happening.values()) {
      if (of(happening) == 0) {
        missing.add(happening);
      }
    }
    return missing;
  }

  /** One line for each. */
  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    for (Happening happening : Happening.values()) {
      lines.append("%12d  %s%n".formatted(of(happening), happening));
    }
    return lines.toString();
  }
}
