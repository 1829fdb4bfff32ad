package io.conclave.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs each scenario and compares what happens with what its file says. With {@code
 * -Dconclave.rewrite=true} the files are changed instead, and the difference is to be reviewed.
 */
final class ScenarioTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

  static List<Path> scenarios() throws IOException {
    try (Stream<Path> files = Files.list(SCENARIOS)) {
      return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void happensAsWritten(Path file) throws IOException {
    String written = Files.readString(file);
    String happened = new ScenarioRunner().run(ScenarioFile.parse(written)).text();
    if (Boolean.getBoolean("conclave.rewrite")) {
      Files.writeString(file, happened);
    } else {
      assertEquals(written, happened, file + " (./dev rewrite, then review the difference)");
    }
  }

  @Test
  void thereAreScenarios() throws IOException {
    assertTrue(scenarios().size() >= 10);
  }

  @Test
  void fileIsReadAsItIsWritten() {
    String text = "# why\npropose 1 a\n----\n1 applied 1/4 a\n\nstatus\n----\n";
    assertEquals(text, ScenarioFile.parse(text).text());
  }
}
