package io.conclave.testkit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.process.LaunchCommand;
import io.conclave.testkit.process.MemberProcess;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process on a file system that another process fills. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class DiskFullTest {
  private static final Duration EXIT = Duration.ofMinutes(3);
  private static final Duration ANSWER = Duration.ofMinutes(1);
  private static final Duration REACTION = Duration.ofMinutes(1);
  private static final Duration DYING = Duration.ofSeconds(10);
  private static final int DISK_MEBIBYTES = 160;
  private static final long BELOW_THE_RESERVE = 40L << 20;
  private static final int ATTEMPTS = 10;
  private static final int ACKNOWLEDGED_MIN = 40;
  private static final long INSIDE_A_WRITE_BYTES = 2 << 20;
  private static final String ROOT = "/full";
  private static final String NO_SPACE =
      "{\"errorCode\":300,\"message\":\"Raft Internal Error\",\"cause\":\"no space\",\"index\":0}";

  @TempDir private Path home;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private SmallDisk disk;
  private MemberProcess member;

  @BeforeEach
  void mount() throws Exception {
    disk = SmallDisk.mount(home.resolve("data"), DISK_MEBIBYTES);
  }

  @AfterEach
  void end() throws Exception {
    threads.shutdownNow();
    if (member != null) {
      member.close();
    }
    if (disk != null) {
      disk.unmount();
    }
  }

  @Test
  void refusesWritesKeepsReadingAndRecoversByItself() throws Exception {
    prepare(List.of());
    member.start(List.of());
    member.awaitReady();
    assertEquals(201, put("before").head().status());

    disk.fill(BELOW_THE_RESERVE);
    awaitStatus(500);
    assertRefusesAndReads();
    disk.fill(0);
    assertRefusesAndReads();
    disk.free();
    awaitStatus(201);
    assertEquals(201, put("after").head().status());
    member.requireAlive();

    assertEquals(143, member.terminate());
    disk.fill(BELOW_THE_RESERVE);
    member.start(List.of());
    assertEquals(OptionalInt.of(1), member.awaitExit(EXIT), member::lastWords);
    assertTrue(member.log().contains("The journal can't be opened: No space"), member::lastWords);
    disk.free();
    member.start(List.of());
    member.awaitReady();
    assertEquals(200, get("before").head().status());
    assertEquals(200, get("after").head().status());
  }

  /**
   * The disk is filled while LevelDB is inside a write: the member is stopped there, because the
   * moment is short. When that came too late the journal finds no room and ends the process itself.
   */
  @Test
  void nothingAcknowledgedIsLostWhenTheDiskFillsWithinAWrite() throws Exception {
    prepare(
        List.of(
            "-Dconclave.persistence.disk-reserve=1MiB",
            "-Dconclave.persistence.segment-size=64MiB",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + home.resolve("crash-%p.log")));
    SplittableRandom random = new SplittableRandom();
    List<WritingClient> small = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      small.add(new SettingClient(ROOT + "/set" + i, random.split()));
    }
    LargeValueClient large = new LargeValueClient(ROOT + "/large");
    int attempts = 0;
    while (attempts < ATTEMPTS && !wasKilledBySigbus()) {
      attempts++;
      member.start(List.of("--snapshot-count", "100"));
      member.awaitReady();
      fillWithinAWrite(small, large);
      disk.free();
      member.start(List.of("--snapshot-count", "100"));
      member.awaitReady();
      StoredTree tree = StoredTree.read(member.clientUrl(), ROOT);
      List<String> problems = new ArrayList<>();
      tree.checkIndexes(problems);
      small.forEach(client -> client.check(tree, problems));
      large.check(tree, problems);
      assertEquals(List.of(), problems, member::lastWords);
      member.kill();
    }
    assertTrue(wasKilledBySigbus(), () -> "no SIGBUS" + member.lastWords());
  }

  private void fillWithinAWrite(List<WritingClient> small, LargeValueClient large)
      throws Exception {
    CountDownLatch acknowledged = new CountDownLatch(ACKNOWLEDGED_MIN);
    List<Future<IOException>> ends = new ArrayList<>();
    for (WritingClient client : small) {
      ends.add(threads.submit(() -> write(client, acknowledged)));
    }
    assertTrue(acknowledged.await(3, TimeUnit.MINUTES), member::lastWords);
    List<Path> logs = logs();
    ends.add(threads.submit(() -> write(large, acknowledged)));
    pauseWithinAWrite(logs);
    disk.fill(0);
    member.resume();
    if (member.awaitExit(DYING).isEmpty()) {
      member.kill();
    }
    for (Future<IOException> end : ends) {
      end.get();
    }
  }

  /** The signal is sent by a process that is there already: starting one takes too long. */
  private void pauseWithinAWrite(List<Path> logs) throws Exception {
    Process pauser =
        new ProcessBuilder("sh", "-c", "read go && kill -STOP " + member.pid()).start();
    long enough = bytes(logs) + INSIDE_A_WRITE_BYTES;
    long deadline = System.nanoTime() + ANSWER.toNanos();
    while (bytes(logs) < enough) {
      assertTrue(System.nanoTime() < deadline, member::lastWords);
      Thread.onSpinWait();
    }
    pauser.outputWriter().append("go\n").close();
    assertEquals(0, pauser.waitFor());
  }

  private boolean wasKilledBySigbus() {
    return member.log().contains("SIGBUS");
  }

  private List<Path> logs() throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("data/member/journal"))) {
      return files.filter(file -> file.toString().endsWith(".log")).toList();
    }
  }

  private static long bytes(List<Path> logs) {
    return logs.stream().mapToLong(log -> log.toFile().length()).sum();
  }

  /** Writes until an answer is missing or says that it was not done; how it went. */
  private IOException write(WritingClient client, CountDownLatch acknowledged) {
    try (WireConnection connection = WireConnection.open(member.clientUrl(), ANSWER)) {
      while (true) {
        client.write(connection);
        acknowledged.countDown();
      }
    } catch (IOException e) {
      return e;
    }
  }

  private void prepare(List<String> jvmFlags) throws IOException {
    member = MemberProcess.prepare(LaunchCommand.member(jvmFlags), "full", home);
  }

  private void assertRefusesAndReads() throws IOException {
    WireResponse refused = put("refused");
    assertEquals(500, refused.head().status());
    assertEquals(NO_SPACE, refused.body().utf8().strip());
    assertEquals(200, get("before").head().status());
    assertEquals(200, get("before?quorum=true").head().status());
    assertEquals(404, get("refused").head().status());
    assertEquals(200, exchange(WireRequest.get("/health")).head().status());
  }

  /** Makes keys until the member has noticed how full the disk is. */
  private void awaitStatus(int status) throws IOException {
    long deadline = System.nanoTime() + REACTION.toNanos();
    for (int i = 0; put("try-" + status + "-" + i).head().status() != status; i++) {
      assertTrue(System.nanoTime() < deadline, member::lastWords);
    }
  }

  private WireResponse put(String key) throws IOException {
    return exchange(WireRequest.form("PUT", "/v2/keys/" + key, "value=x"));
  }

  private WireResponse get(String key) throws IOException {
    return exchange(WireRequest.get("/v2/keys/" + key));
  }

  private WireResponse exchange(WireRequest request) throws IOException {
    return WireConnection.exchange(member.clientUrl(), request, ANSWER);
  }
}
