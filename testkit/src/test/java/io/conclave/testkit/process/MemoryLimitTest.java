package io.conclave.testkit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process whose heap is much smaller than what is asked of it. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class MemoryLimitTest {
  private static final int LARGE_CHARS = 10_000_000;
  private static final int LARGE_WRITES = 25;
  private static final int MEDIUM_CHARS = 100_000;
  private static final int MEDIUM_KEYS_MAX = 3_000;
  private static final int SLOW_READERS = 40;
  private static final int WRITERS = 6;
  private static final String NO_ROOM = "out of memory for keys: ";

  @TempDir private Path home;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private MemberProcess member;
  private Keys keys;

  private void start(String heap) throws Exception {
    member = MemberProcess.prepare(LaunchCommand.member(List.of(heap)), "one", home);
    member.start(List.of());
    member.awaitReady();
    keys = Keys.of(member);
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
    if (member != null) {
      member.close();
    }
  }

  @Test
  void manyLargeValuesOfOneKeyFitAndSurviveAKill() throws Exception {
    start("-Xmx256m");
    for (int i = 0; i < LARGE_WRITES; i++) {
      keys.set("large", large(i));
    }
    restart();
    assertEquals(Optional.of(large(LARGE_WRITES - 1)), keys.quorumGet("large"));
    keys.set("large", large(0));
    assertEquals(Optional.of(large(0)), keys.quorumGet("large"));
  }

  @Test
  void keysAreTakenUntilTheyAreRefusedAndDeletingMakesRoom() throws Exception {
    start("-Xmx160m");
    int taken = 0;
    WireResponse answer = keys.trySet("m/0", medium(0));
    while (answer.head().status() == 201 && taken < MEDIUM_KEYS_MAX) {
      taken++;
      answer = keys.trySet("m/" + taken, medium(taken));
    }
    assertEquals(500, answer.head().status());
    assertTrue(answer.body().utf8().contains(NO_ROOM), answer.body().utf8());
    assertTrue(taken > 100, "refused after " + taken);
    restart();
    assertHolds(0, taken);
    assertEquals(500, keys.trySet("m/" + taken, medium(taken)).head().status());
    for (int i = 0; i < 10; i++) {
      WireRequest delete =
          new WireRequest("DELETE", "/v2/keys/m/" + i, List.of(), Optional.empty());
      assertEquals(200, exchange(delete).head().status());
    }
    keys.set("m/" + taken, medium(taken));
    assertHolds(10, taken + 1);
  }

  private void assertHolds(int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      assertEquals(Optional.of(medium(i)), keys.quorumGet("m/" + i), "m/" + i);
    }
  }

  @Test
  void slowReadersOfLargeValuesAndWritersOfThemAreServedOrRefused() throws Exception {
    start("-Xmx512m");
    keys.set("large", large(7));
    List<Integer> acknowledged = new ArrayList<>();
    List<WireConnection> readers = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW_READERS; i++) {
        WireConnection reader = WireConnection.open(member.clientUrl(), ProcessCluster.PATIENCE);
        readers.add(reader);
        reader.send(WireRequest.get("/v2/keys/large"));
        reader.send(WireRequest.get("/v2/keys/large"));
      }
      List<Future<Integer>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        String key = "w" + writer;
        writers.add(threads.submit(() -> write(key)));
      }
      for (Future<Integer> writer : writers) {
        acknowledged.add(writer.get());
      }
      keys.set("small", "v");
      assertEquals(Optional.of("v"), keys.quorumGet("small"));
      for (WireConnection reader : readers) {
        int status = reader.readHead().status();
        assertTrue(status == 200 || status == 500, "" + status);
      }
    } finally {
      readers.forEach(WireConnection::close);
    }
    long deadlineNanos = System.nanoTime() + ProcessCluster.PATIENCE.toNanos();
    while (!keys.holds("large", large(7))) {
      assertTrue(System.nanoTime() < deadlineNanos, "no room for a large answer");
      member.requireAlive();
    }
    restart();
    assertEquals(Optional.of("v"), keys.quorumGet("small"));
    for (int writer = 0; writer < WRITERS; writer++) {
      int stored = keys.quorumGet("w" + writer).map(MemoryLimitTest::number).orElse(-1);
      assertTrue(stored >= acknowledged.get(writer), "w" + writer + " holds " + stored);
    }
  }

  /** Each holds another value that nothing else holds any more. */
  @Test
  void manyWatchesThatNobodyReadsEndBeforeTheyFillTheHeap() throws Exception {
    start("-Xmx512m");
    List<WireConnection> watches = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW_READERS; i++) {
        WireConnection watch = WireConnection.open(member.clientUrl(), ProcessCluster.PATIENCE);
        watches.add(watch);
        watch.send(WireRequest.get("/v2/keys/large?wait=true&stream=true"));
        assertEquals(200, watch.readHead().status());
        keys.set("large", large(i));
      }
      member.requireAlive();
      assertEquals(Optional.of(large(SLOW_READERS - 1)), keys.quorumGet("large"));
    } finally {
      watches.forEach(WireConnection::close);
    }
  }

  /** The number of the last value that was acknowledged; the others found no room. */
  private int write(String key) throws IOException {
    int acknowledged = -1;
    for (int i = 0; i < 5; i++) {
      String value = i + "." + "w".repeat(LARGE_CHARS / 2);
      int status = keys.trySet(key, value).head().status();
      assertTrue(status == 200 || status == 201 || status == 500, "" + status);
      acknowledged = status == 500 ? acknowledged : i;
    }
    return acknowledged;
  }

  private static int number(String value) {
    return Integer.parseInt(value.substring(0, value.indexOf('.')));
  }

  private void restart() throws Exception {
    member.kill();
    member.start(List.of());
    member.awaitReady();
  }

  private WireResponse exchange(WireRequest request) throws IOException {
    return WireConnection.exchange(member.clientUrl(), request, ProcessCluster.PATIENCE);
  }

  private static String large(int number) {
    return number + "." + "l".repeat(LARGE_CHARS);
  }

  private static String medium(int number) {
    return number + "." + "m".repeat(MEDIUM_CHARS);
  }
}
