package io.conclave.testkit.mutation;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Looks for a seed whose run finds a deliberate bug: first the one that is noted with it, then all
 * others in order.
 */
public final class BugHunt {
  /** After so much processor time no further seed is tried. */
  public static final double SECONDS_MAX = 60;

  private BugHunt() {}

  /**
   * What came of it.
   *
   * @param seed that finds the bug, empty if none did in time
   * @param finding what its run found wrong
   * @param noted it is the seed noted in the patch
   * @param seeds runs that it took
   * @param seconds of processor time that they took
   */
  public record Result(
      SourcePatch patch,
      Optional<Long> seed,
      String finding,
      boolean noted,
      int seeds,
      double seconds) {
    /** One line of a table. */
    @Override
    public String toString() {
      String found =
          seed.isEmpty() ? "SURVIVES" : noted ? "noted " + seed.get() : "seed  " + seed.get();
      return "%-38s %-12s %5d runs %6.1f s  %s"
          .formatted(patch.name(), found, seeds, seconds, shortened(finding));
    }

    private static String shortened(String text) {
      String line = text.lines().findFirst().orElse("");
      return line.length() <= 110 ? line : line.substring(0, 107) + "...";
    }
  }

  /**
   * @param root of the project's sources
   * @param firstSeed to look from; if it is not given, first the noted one is tried, then 1, 2, …
   */
  public static Result hunt(SourcePatch patch, Path root, OptionalLong firstSeed)
      throws IOException {
    Mutant mutant = Mutant.compile(patch, root);
    long begun = cpuNanos();
    int seeds = 0;
    if (firstSeed.isEmpty() && patch.seed().isPresent()) {
      long noted = patch.seed().getAsLong();
      seeds++;
      Optional<String> finding = mutant.run(noted);
      if (finding.isPresent()) {
        return new Result(patch, Optional.of(noted), finding.get(), true, seeds, since(begun));
      }
    }
    for (long seed = firstSeed.orElse(1); since(begun) < SECONDS_MAX; seed++) {
      seeds++;
      Optional<String> finding = mutant.run(seed);
      if (finding.isPresent()) {
        return new Result(patch, Optional.of(seed), finding.get(), false, seeds, since(begun));
      }
    }
    return new Result(patch, Optional.empty(), "", false, seeds, since(begun));
  }

  private static double since(long begunNanos) {
    return (cpuNanos() - begunNanos) / 1e9;
  }

  /** Of this thread, so that a busy machine takes nothing from the time for a hunt. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
