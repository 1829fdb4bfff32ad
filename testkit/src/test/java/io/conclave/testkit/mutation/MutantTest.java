package io.conclave.testkit.mutation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Shows that the simulation has teeth: with each deliberate bug for which a seed is noted it fails.
 * The noted seed mostly still finds its bug; after a change of the core or of the simulator it may
 * not, and then others are tried, for a minute. The table tells which should be noted anew.
 */
final class MutantTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PATCHES = ROOT.resolve("testkit/src/test/resources/mutants");

  /** Without these the simulation would prove nothing: each breaks a rule that safety rests on. */
  private static final Set<String> INDISPENSABLE =
      Set.of(
          "acknowledge-before-sync",
          "apply-before-persist",
          "commit-old-term",
          "configuration-from-snapshot",
          "cut-behind-vote",
          "hard-state-of-sender",
          "heartbeat-commit",
          "install-stale-snapshot",
          "learner-in-quorum",
          "read-without-round",
          "removed-leader-counts",
          "repeat-after-snapshot",
          "reuse-request-ids",
          "skip-append-check",
          "truncate-below-commit",
          "truncate-committed",
          "vote-request-before-sync",
          "vote-twice");

  @Test
  void everyPatchFitsTheSources() throws IOException {
    List<String> misfits = new ArrayList<>();
    for (SourcePatch patch : SourcePatch.readAll(PATCHES)) {
      try {
        assertTrue(!patch.apply(ROOT).isEmpty());
      } catch (IllegalStateException misfit) {
        misfits.add(misfit.getMessage());
      }
    }
    assertEquals(List.of(), misfits, "set these patches right, the sources have changed");
  }

  @Test
  @Tag("slow")
  void everyDeliberateBugIsFound() throws Exception {
    List<SourcePatch> patches = new ArrayList<>(SourcePatch.readAll(PATCHES));
    patches.removeIf(patch -> patch.seed().isEmpty());
    Set<String> unseeded = new TreeSet<>(INDISPENSABLE);
    patches.forEach(patch -> unseeded.remove(patch.name()));
    assertEquals(Set.of(), unseeded, "these have no seed, or no patch");
    List<String> survivors = new ArrayList<>();
    for (BugHunt.Result result : huntAll(patches)) {
      System.out.println(result);
      if (result.seed().isEmpty()) {
        survivors.add(result.patch().name());
      }
    }
    assertEquals(List.of(), survivors, "the simulation no longer finds these within a minute");
  }

  private static List<BugHunt.Result> huntAll(List<SourcePatch> patches)
      throws InterruptedException, ExecutionException {
    List<BugHunt.Result> results = new ArrayList<>();
    try (ExecutorService pool =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<BugHunt.Result>> hunts = new ArrayList<>();
      for (SourcePatch patch : patches) {
        hunts.add(pool.submit(() -> BugHunt.hunt(patch, ROOT, OptionalLong.empty())));
      }
      for (Future<BugHunt.Result> hunt : hunts) {
        results.add(hunt.get());
      }
    }
    return results;
  }
}
