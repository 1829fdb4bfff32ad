package io.conclave.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.testkit.process.LaunchCommand;
import io.conclave.testkit.process.ReplayedMember;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

  /** Other programs may still be busy with themselves when they begin to answer. */
  private static final Duration SETTLE_OTHERS = Duration.ofMillis(600);

  private final Pattern only = Pattern.compile(System.getProperty("conclave.replay.only", ".*"));
  private final boolean other = !System.getProperty("conclave.command", "").isEmpty();

  @TestFactory
  Stream<DynamicTest> recordings() throws IOException {
    GoldenReplay replay =
        new GoldenReplay(expected(), ignored(), other ? SETTLE_OTHERS : Duration.ZERO);
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    List<DynamicTest> tests = new ArrayList<>();
    for (Path path : files()) {
      String name = path.getFileName().toString().replace(".jsonl", "");
      if (only.matcher(name).matches()) {
        Future<ReplayResult> result = threads.submit(() -> replay(replay, path));
        tests.add(DynamicTest.dynamicTest(name, () -> assertMatches(result)));
      }
    }
    return tests.stream().onClose(threads::shutdownNow);
  }

  private ReplayResult replay(GoldenReplay replay, Path path) throws Exception {
    GoldenFile file = GoldenFile.read(path);
    try (ServerUnderTest server = server(file)) {
      return replay.replay(file, server);
    }
  }

  /** A process where one is asked for, or where it will be killed. */
  private ServerUnderTest server(GoldenFile file) throws IOException {
    return other || file.restarts()
        ? ReplayedMember.create(LaunchCommand.member())
        : new InProcessServer();
  }

  private static void assertMatches(Future<ReplayResult> replayed)
      throws InterruptedException, ExecutionException {
    ReplayResult result = replayed.get();
    assertEquals(List.of(), result.mismatches(), result::describe);
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(RECORDINGS)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
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
