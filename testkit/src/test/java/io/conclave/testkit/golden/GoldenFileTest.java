package io.conclave.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GoldenFileTest {
  @Test
  void everyRecordingIsUnderstoodAndItsStepsCountFromOne() throws IOException {
    Set<String> scenarios = new HashSet<>();
    int answers = 0;
    for (Path path : recordings()) {
      GoldenFile file = GoldenFile.read(path);
      assertEquals(path.getFileName().toString(), file.scenario() + ".jsonl");
      scenarios.add(file.scenario());
      List<Integer> numbers = file.steps().stream().map(GoldenStep::number).toList();
      assertEquals(IntStream.rangeClosed(1, numbers.size()).boxed().toList(), numbers);
      answers += (int) file.steps().stream().filter(step -> step.expected().isPresent()).count();
    }
    assertEquals(60, scenarios.size());
    assertEquals(3176, answers);
  }

  @Test
  void theHeaderTellsWhatTheServerNeeds() throws IOException {
    GoldenFile file =
        GoldenFile.read(Path.of("src/test/resources/golden/r02-snapshot-restart.jsonl"));
    assertEquals(List.of("--snapshot-count", "20"), file.serverArguments());
    assertTrue(file.restarts());
  }

  private static List<Path> recordings() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/golden"))) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    }
  }
}
