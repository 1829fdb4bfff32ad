package io.conclave.testkit.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.conclave.testkit.deploy.ShellScript.Outcome;
import io.conclave.testkit.process.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demos show what they claim, and fail if it does not hold. */
@Tag("slow")
final class DemoTest {
  private static final Path DEPLOY = ShellScript.root().resolve("deploy");

  @TempDir private Path home;

  /** Without them the launcher would start a build within this one. */
  @BeforeEach
  void launchersHaveWhatTheyStart() {
    assumeTrue(
        Files.exists(ShellScript.root().resolve("node/target/jdk.properties")),
        "node is not packaged");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"kill-leader", "kill-all-and-restart", "grow-and-shrink", "bad-member-add"})
  void whatADemoClaimsHolds(String name) throws Exception {
    Outcome outcome = demo(name, "60000");
    assertEquals(0, outcome.exitCode(), outcome::output);
    assertTrue(outcome.output().lines().toList().getLast().startsWith("OK: "), outcome::output);
  }

  @Test
  void aClaimThatDoesNotHoldFails() throws Exception {
    Outcome outcome = demo("kill-leader", "0");
    assertEquals(1, outcome.exitCode(), outcome::output);
    assertTrue(outcome.output().contains("FAILED: that is more than 0 ms"), outcome::output);
  }

  @Test
  void aLauncherWorksThroughALinkFromAnywhere() throws Exception {
    Path link = Files.createSymbolicLink(home.resolve("etcd"), DEPLOY.resolve("bin/etcd"));
    Outcome outcome = ShellScript.run(List.of(link.toString(), "--version"), home, Map.of());
    assertEquals(0, outcome.exitCode(), outcome::output);
    assertTrue(outcome.output().startsWith("etcd Version: "), outcome::output);
  }

  private Outcome demo(String name, String limitMillis) throws Exception {
    return ShellScript.run(
        List.of(DEPLOY.resolve("demo").resolve(name).toString()),
        home,
        Map.of(
            "CLUSTER_PORT",
            Integer.toString(FreePort.take()),
            "LIMIT_MS",
            limitMillis,
            "JAVA_OPTS",
            "-XX:TieredStopAtLevel=1"));
  }
}
