package io.conclave.testkit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.process.LaunchCommand;
import io.conclave.testkit.process.MemberProcess;
import io.conclave.testkit.wire.WireConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a member in the middle of many writes, again and again on the same data, and holds the
 * store against everything that it acknowledged. Snapshots and segments are small, so that kills
 * hit their making and dropping too. The system property {@code conclave.rounds} asks for more
 * rounds, {@code conclave.seed} repeats the choices of a run (not the moments of the scheduler).
 */
class DurabilityTest {
  private static final int ROUNDS = Integer.getInteger("conclave.rounds", 10);
  private static final int ACKNOWLEDGED_MIN = 200;
  private static final Duration ANSWER = Duration.ofMinutes(1);
  private static final String ROOT = "/durable";
  private static final List<String> SMALL_LOG =
      List.of(
          "-Dconclave.persistence.segment-size=1MiB",
          "-Dconclave.raft.snapshot.growth-max=1MiB",
          "-Dconclave.raft.snapshot.catch-up-entries=50");
  private static final List<String> SMALL_SNAPSHOTS = List.of("--snapshot-count", "300");

  @TempDir private Path home;
  private final long seed = Long.getLong("conclave.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final List<WritingClient> clients = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private MemberProcess member;

  @BeforeEach
  void prepare() throws IOException {
    member = MemberProcess.prepare(LaunchCommand.member(SMALL_LOG), "durable", home);
    for (int i = 0; i < 8; i++) {
      clients.add(new SettingClient(ROOT + "/set" + i, random.split()));
    }
    for (int i = 0; i < 3; i++) {
      clients.add(new SwappingClient(ROOT + "/swap" + i));
      clients.add(new AppendingClient(ROOT + "/queue" + i));
    }
  }

  @AfterEach
  void end() {
    member.close();
    threads.shutdownNow();
  }

  @Test
  void acknowledgedWritesSurviveKills() throws Exception {
    member.start(SMALL_SNAPSHOTS);
    long index = member.awaitReady();
    for (int round = 1; round <= ROUNDS; round++) {
      String place = "round " + round + ", -Dconclave.seed=" + seed;
      writeUntilKilled();
      member.start(SMALL_SNAPSHOTS);
      assertTrue(member.awaitReady() >= index + ACKNOWLEDGED_MIN, place);
      StoredTree tree = StoredTree.read(member.clientUrl(), ROOT);
      List<String> problems = new ArrayList<>();
      tree.checkIndexes(problems);
      clients.forEach(client -> client.check(tree, problems));
      assertEquals(List.of(), problems, () -> place + member.lastWords());
      index = tree.index();
    }
    assertLogWasCut();
  }

  /** Otherwise the kills have not met the dropping of segments, and show less than they should. */
  private void assertLogWasCut() {
    if (System.getProperty("conclave.command", "").isEmpty()) {
      Path first = member.dataDirectory().resolve("member/journal/0000000001");
      assertFalse(Files.exists(first), "the first segment is still there" + member.lastWords());
    }
  }

  private void writeUntilKilled() throws Exception {
    CountDownLatch acknowledged = new CountDownLatch(ACKNOWLEDGED_MIN + random.nextInt(600));
    List<Future<IOException>> ends = new ArrayList<>();
    for (WritingClient client : clients) {
      ends.add(threads.submit(() -> write(client, acknowledged)));
    }
    boolean enough = acknowledged.await(2, TimeUnit.MINUTES);
    member.kill();
    for (Future<IOException> end : ends) {
      end.get();
    }
    assertTrue(
        enough, () -> acknowledged.getCount() + " more writes expected" + member.lastWords());
  }

  /** Writes until the member is gone; how it went. */
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
}
