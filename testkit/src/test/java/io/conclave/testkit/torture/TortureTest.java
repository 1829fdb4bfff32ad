package io.conclave.testkit.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ninety seconds of conclave-torture; on failure everything stays below target. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class TortureTest {
  private static final int ACKNOWLEDGED_MIN = 300;
  private static final int FAULTS_MIN = 5;

  @Test
  void aClusterUnderFaultsKeepsItsWord() throws Exception {
    Path home = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "torture");
    TorturePlan plan =
        new TorturePlan(
            3,
            Duration.ofSeconds(75),
            Fault.parse(List.of("all")),
            200,
            System.nanoTime() & 0xffff,
            FAULTS_MIN,
            ACKNOWLEDGED_MIN,
            List.of());
    TortureRun.Outcome outcome = new TortureRun(plan, home, System.out::println).run();
    String where = "seed " + plan.seed() + ", kept in " + home;
    assertEquals(List.of(), outcome.violations(), where);
    Torture.delete(home);
  }
}
