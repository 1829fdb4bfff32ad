package io.conclave.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.testkit.process.LaunchCommand;
import io.conclave.testkit.process.ReplayedMember;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Replays every recording of etcd 2.3.8, four at a time because they mostly wait. System
 * properties: {@code conclave.replay.only} is a pattern for the names of the recordings, {@code
 * conclave.command} replays against another program, with headers that are not compared in {@code
 * conclave.replay.ignored} and its own list of differences in {@code conclave.replay.expected}.
 */
class GoldenReplayTest {
  private static final Path RECORDINGS = Path.of("src/test/resources/golden");
  private static final int AT_ONCE = 4;

  /**
   * A process may still be busy with itself when it begins to answer. Time that passes then is in
   * the recorded TTLs, and ours leave out what passes while nobody leads.
   */
  private static final Duration SETTLE_PROCESS = Duration.ofMillis(600);

  private final Pattern only = Pattern.compile(System.getProperty("conclave.replay.only", ".*"));
  private final boolean other = !System.getProperty("conclave.command", "").isEmpty();

  @TestFactory
  Stream<DynamicTest> recordings() throws IOException {
    ExpectedDifferences expected = expected();
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    List<DynamicTest> tests = new ArrayList<>();
    for (Path path : files()) {
      String name = path.getFileName().toString().replace(".jsonl", "");
      if (only.matcher(name).matches()) {
        Future<ReplayResult> result = threads.submit(() -> replay(path, expected));
        tests.add(DynamicTest.dynamicTest(name, () -> assertMatches(result)));
      }
    }
    return tests.stream().onClose(threads::shutdownNow);
  }

  /** Against a process where one is asked for, or where it will be killed. */
  private ReplayResult replay(Path path, ExpectedDifferences expected) throws Exception {
    GoldenFile file = GoldenFile.read(path);
    boolean process = other || file.restarts();
    Duration settle = process ? SETTLE_PROCESS : Duration.ZERO;
    try (ServerUnderTest server =
        process ? ReplayedMember.create(LaunchCommand.member()) : new InProcessServer()) {
      return new GoldenReplay(expected, ignored(), settle).replay(file, server);
    }
  }

  private static void assertMatches(Future<ReplayResult> replayed)
      throws InterruptedException, ExecutionException {
    ReplayResult result = replayed.get();
    assertEquals(List.of(), result.mismatches(), result::describe);
  }

  /** Those that take longest come late in the alphabet, and begin first. */
  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(RECORDINGS)) {
      return files
          .filter(file -> file.toString().endsWith(".jsonl"))
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  private static ExpectedDifferences expected() throws IOException {
    String ours = RECORDINGS.resolve("expected-differences.txt").toString();
    return ExpectedDifferences.read(Path.of(System.getProperty("conclave.replay.expected", ours)));
  }

  private static Set<String> ignored() {
    return Stream.of(System.getProperty("conclave.replay.ignored", "").split(","))
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }
}
