package io.conclave.testkit.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.conclave.node.RunningMember;
import io.conclave.testkit.deploy.ShellScript.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache that the build makes for the launchers. */
final class AotCacheTest {
  private static final Path CACHE = ShellScript.root().resolve("node/target/node.aot");

  /** Then the JVM ends with 1 instead of going on without a cache that does not fit. */
  private static final String NEEDED = "-XX:AOTMode=on";

  @TempDir private Path directory;

  @BeforeEach
  void requirePackages() {
    assumeTrue(
        RunningMember.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .getPath()
            .endsWith(".jar"),
        "mvn test makes no packages and no cache");
  }

  @Test
  void fitsWhatTheLauncherStarts() throws Exception {
    Outcome outcome = version(NEEDED + " -XX:AOTCache=" + CACHE);
    assertEquals(0, outcome.exitCode(), outcome.output());
  }

  @Test
  void thatDoesNotFitIsIgnored() throws Exception {
    Path other = Files.writeString(directory.resolve("other.aot"), "of another JDK");
    assertEquals(1, version(NEEDED + " -XX:AOTCache=" + other).exitCode());
    assertEquals(0, version("-XX:AOTCache=" + other).exitCode());
  }

  private Outcome version(String javaOpts) throws Exception {
    String launcher = ShellScript.root().resolve("deploy/bin/conclave").toString();
    return ShellScript.run(
        List.of(launcher, "--version"), directory, Map.of("JAVA_OPTS", javaOpts));
  }
}
