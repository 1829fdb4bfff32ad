package io.conclave.testkit.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A short run of conclave-torture; on failure everything stays below target. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class TortureTest {
  private static final int ACKNOWLEDGED_MIN = 300;

  @Test
  void aClusterUnderFaultsKeepsItsWord() throws Exception {
    Path home = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "torture");
    TorturePlan plan =
        new TorturePlan(
            3,
            Duration.ofSeconds(40),
            Fault.parse(List.of("all")),
            200,
            System.nanoTime() & 0xffff,
            List.of());
    TortureRun.Outcome outcome = new TortureRun(plan, home, System.out::println).run();
    String where = "seed " + plan.seed() + ", kept in " + home;
    assertEquals(List.of(), outcome.violations(), where);
    assertTrue(outcome.faults() >= 1, () -> outcome.summary() + ", " + where);
    assertTrue(outcome.acknowledged() >= ACKNOWLEDGED_MIN, () -> outcome.summary() + ", " + where);
    Torture.delete(home);
  }
}
