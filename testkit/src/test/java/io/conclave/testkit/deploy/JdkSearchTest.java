package io.conclave.testkit.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.testkit.deploy.ShellScript.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which JDK the launchers take. */
final class JdkSearchTest {
  @TempDir private Path home;
  private Path ofBuild;
  private Path ofUser;

  @BeforeEach
  void install() throws IOException {
    ofBuild = jdk("build", "25.0.1");
    ofUser = jdk("user", "26");
    Files.writeString(
        home.resolve("jdk.properties"), "#comment\njava.home = " + ofBuild + "\nother = x\n");
  }

  @Test
  void theOneOfTheBuildComesFirst() throws Exception {
    assertEquals(ofBuild.toString(), found("jdk.properties", ofUser));
  }

  @Test
  void beforeTheFirstBuildItIsTheUsers() throws Exception {
    assertEquals(ofUser.toString(), found("none.properties", ofUser));
  }

  @Test
  void aNewerOneReplacesWhatIsGoneSinceTheBuild() throws Exception {
    Files.delete(ofBuild.resolve("release"));
    assertEquals(ofUser.toString(), found("jdk.properties", ofUser));
  }

  @Test
  void anOlderOneDoesNotSuitWhoeverNamesIt() throws Exception {
    Path old = jdk("old", "24.0.2");
    assertEquals(ofBuild.toString(), found("jdk.properties", old));
    assertEquals("no", suits(old));
    assertEquals("yes", suits(ofUser));
  }

  @Test
  void aRuntimeWithoutACompilerDoesNotSuit() throws Exception {
    Files.delete(ofUser.resolve("bin/javac"));
    assertEquals("no", suits(ofUser));
  }

  private String found(String properties, Path javaHome) throws Exception {
    return sourced(
        "find_jdk '" + home.resolve(properties) + "' && echo \"$JDK\"",
        Map.of("JAVA_HOME", javaHome.toString()));
  }

  private String suits(Path jdk) throws Exception {
    return sourced("if jdk_suits '" + jdk + "'; then echo yes; else echo no; fi", Map.of());
  }

  private String sourced(String commands, Map<String, String> variables) throws Exception {
    String script = ". '" + ShellScript.root().resolve("deploy/jdk.sh") + "'; " + commands;
    Outcome outcome = ShellScript.run(List.of("-euc", script), home, variables);
    assertEquals(0, outcome.exitCode(), outcome::output);
    return outcome.output().strip();
  }

  private Path jdk(String name, String version) throws IOException {
    Path jdk = Files.createDirectories(home.resolve(name));
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    Files.createDirectories(jdk.resolve("bin"));
    for (String program : List.of("java", "javac")) {
      Path file = Files.createFile(jdk.resolve("bin").resolve(program));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return jdk;
  }
}
