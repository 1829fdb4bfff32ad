package io.conclave.testkit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.conclave.testkit.wire.ConnectionDropped;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireHead;
import io.conclave.testkit.wire.WireHeader;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM in the middle of all that clients do, as a supervisor sends it. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class StopUnderLoadTest {
  private static final Duration ANSWER = Duration.ofMinutes(3);
  private static final int WRITERS = 24;
  private static final int WATCHES = 12;
  private static final int ACKNOWLEDGED_MIN = 500;
  private static final int STOPPED = 143;

  @TempDir private Path home;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private MemberProcess member;

  @AfterEach
  void end() {
    threads.shutdownNow();
    member.close();
  }

  /** The grace is long, so that a busy machine doesn't cut off what an idle one would answer. */
  @Test
  void writesAreAnsweredOrNotDoneAndWatchesEndProperly() throws Exception {
    start(List.of("-Dconclave.http.stop-grace=60s"));
    List<Future<String>> watches = new ArrayList<>();
    CountDownLatch watching = new CountDownLatch(2 * WATCHES);
    for (int i = 0; i < WATCHES; i++) {
      watches.add(threads.submit(() -> watch("/v2/keys/none?wait=true", watching)));
      String stream = "/v2/keys/load?wait=true&recursive=true&stream=true";
      watches.add(threads.submit(() -> watch(stream, watching)));
    }
    assertTrue(watching.await(1, TimeUnit.MINUTES), member::lastWords);
    CountDownLatch acknowledged = new CountDownLatch(ACKNOWLEDGED_MIN);
    List<Future<Integer>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(threads.submit(() -> write(writer, acknowledged)));
    }
    assertTrue(acknowledged.await(2, TimeUnit.MINUTES), member::lastWords);

    assertEquals(STOPPED, member.terminate());
    assertTrue(member.log().contains("node: stopped"), member::lastWords);
    for (int i = 0; i < watches.size(); i++) {
      String body = watches.get(i).get();
      assertEquals(i % 2 == 0, body.isEmpty(), () -> "a watch got " + body);
    }
    List<Integer> last = new ArrayList<>();
    for (Future<Integer> writer : writers) {
      last.add(writer.get());
    }
    member.start(List.of());
    List<Integer> stored = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      stored.add(readAsSoonAsPossible(writer));
    }
    assertEquals(last, stored);
  }

  @Test
  void aClientThatNeverSendsItsBodyDoesNotHoldTheStopUp() throws Exception {
    start(List.of());
    try (WireConnection slow = WireConnection.open(member.clientUrl(), ANSWER)) {
      List<WireHeader> headers = List.of(new WireHeader("Content-Length", "100"));
      slow.send(new WireRequest("PUT", "/v2/keys/slow", headers, Optional.empty()));
      WireRequest other = WireRequest.get("/version");
      assertEquals(200, WireConnection.exchange(member.clientUrl(), other, ANSWER).head().status());
      assertEquals(STOPPED, member.terminate());
    }
  }

  private void start(List<String> jvmFlags) throws Exception {
    member = MemberProcess.prepare(LaunchCommand.member(jvmFlags), "stopped", home);
    member.start(List.of());
    member.awaitReady();
  }

  /** What the watch delivers, whose body must have a proper end. */
  private String watch(String target, CountDownLatch watching) throws IOException {
    try (WireConnection connection = WireConnection.open(member.clientUrl(), ANSWER)) {
      connection.send(WireRequest.get(target));
      assertEquals(200, connection.readHead().status());
      watching.countDown();
      return connection.readBody().utf8();
    }
  }

  /** Counts up until the server wants no more; the number that was acknowledged last. */
  private int write(int writer, CountDownLatch acknowledged) throws IOException {
    int last = 0;
    try (WireConnection connection = WireConnection.open(member.clientUrl(), ANSWER)) {
      while (true) {
        WireHead head = connection.exchange(put(writer, last + 1)).head();
        assertEquals(last == 0 ? 201 : 200, head.status());
        last++;
        acknowledged.countDown();
        if (head.header("Connection").orElse("").equals("close")) {
          return last;
        }
      }
    } catch (ConnectionDropped | SocketException notTaken) {
      return last;
    }
  }

  private static WireRequest put(int writer, int number) {
    return WireRequest.form("PUT", "/v2/keys/load/w" + writer, "value=" + number);
  }

  /** The first answer of a member that starts: there is none until it has its data. */
  private int readAsSoonAsPossible(int writer) throws IOException {
    WireRequest get = WireRequest.get("/v2/keys/load/w" + writer);
    while (true) {
      try {
        WireResponse response = WireConnection.exchange(member.clientUrl(), get, ANSWER);
        return new ObjectMapper().readTree(response.body().utf8()).at("/node/value").asInt();
      } catch (ConnectionDropped | SocketException notYet) {
        member.requireAlive();
      }
    }
  }
}
