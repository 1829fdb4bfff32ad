package io.conclave.testkit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.simulate.Simulate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class SimulationTest {
  private static final long FIRST_SEED = 1;
  private static final long SEEDS = 2000;
  private static final long FEW_SEEDS = 100;
  private static final long FEW_SEEDS_FROM = 5001;
  private static final long SOME_SEED = 7;
  private static final long NANOS_MAX = TimeUnit.MINUTES.toNanos(20);

  @Test
  void promisesHoldInAFewRuns() throws InterruptedException {
    run(FEW_SEEDS_FROM, FEW_SEEDS);
  }

  /** Also shows that each fault and each rare path is really met. */
  @Test
  @Tag("slow")
  void promisesHoldUnderEveryFaultAndProgressReturnsAfterwards() throws InterruptedException {
    Campaign campaign = run(FIRST_SEED, SEEDS);
    assertEquals(SEEDS, campaign.seeds());
    assertEquals(List.of(), campaign.tally().missing());
  }

  private static Campaign run(long firstSeed, long seeds) throws InterruptedException {
    long begun = System.nanoTime();
    Campaign campaign = new Campaign(firstSeed, seeds, begun + NANOS_MAX);
    campaign.run(Runtime.getRuntime().availableProcessors());
    double seconds = (System.nanoTime() - begun) / 1e9;
    System.out.printf("%s in %.1f s%n%s", campaign.summary(), seconds, campaign.tally());
    campaign.violation().ifPresent(SimulationTest::fail);
    return campaign;
  }

  private static void fail(SafetyViolation violation) {
    System.out.println(violation.trace());
    System.out.printf(
        "run it again: deploy/bin/conclave-simulate --seed %d --seeds 1 --trace%n",
        violation.seed());
    throw violation;
  }

  /** Nothing but the seed decides, not even the process: hash codes and orders may differ there. */
  @Test
  void sameSeedIsTheSameRunInAnotherProcess() throws IOException, InterruptedException {
    String digest = "digest %016x".formatted(Simulation.run(SOME_SEED).digest());
    assertEquals(digest, "digest %016x".formatted(Simulation.run(SOME_SEED).digest()));
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-classpath",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Simulate.class.getName(),
                "--seeds=1",
                "--seed=" + SOME_SEED)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, other.waitFor());
    assertTrue(output.contains(digest), digest + " is not in " + output);
  }
}
