package io.conclave.http.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.http.routes.Wire.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Watches over real connections (spec v2-keys §13, divergences 2 and 5). */
final class WatchStreamTest {
  private static final int QUEUE_EVENTS = 4;
  private static final int HISTORY = 1000;
  private static final String LARGE = "x".repeat(60_000);

  /** Far more events than sockets hold. */
  private static final int EVENTS_ENOUGH = 2000;

  private static TestServer server;
  private static int port;

  /** Writes what the watches see. */
  private Wire writer;

  @BeforeAll
  static void start() {
    server = TestServer.start("conclave.http.watch-queue-events = " + QUEUE_EVENTS);
    port = server.clientPort();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void connect() throws IOException {
    writer = Wire.to(port);
  }

  @AfterEach
  void nothingIsLeftOpen() throws IOException {
    writer.close();
    awaitWatchers(0);
    server.await("connections are closed", () -> server.client().connections() == 0);
  }

  @Test
  void aLongPollTellsItsHeadAtOnceAndEndsWithItsEvent() throws IOException {
    String index = put("/poll", "x").header("X-Etcd-Index");
    try (Wire poll = watch("/v2/keys/poll?wait=true")) {
      Answer head = poll.head();
      assertEquals(200, head.status());
      assertEquals(index, head.header("X-Etcd-Index"));
      assertEquals("2", head.header("X-Raft-Term"));
      assertEquals("application/json", head.header("Content-Type"));
      assertEquals("chunked", head.header("Transfer-Encoding"));
      Answer put = put("/poll", "y");
      assertEquals(put.body(), poll.chunk());
      assertEquals("", poll.chunk());
      awaitWatchers(0);
      assertEquals(200, poll.request("GET", "/v2/keys/poll").answer("GET").status());
    }
  }

  @Test
  void aLongPollFromThePastAnswersAtOnce() throws IOException {
    Answer first = put("/past", "one");
    Answer second = put("/past", "two");
    try (Wire poll = watch("/v2/keys/past?wait=true&waitIndex=" + first.header("X-Etcd-Index"))) {
      assertEquals(second.header("X-Etcd-Index"), poll.head().header("X-Etcd-Index"));
      assertEquals(first.body(), poll.chunk());
      assertEquals("", poll.chunk());
    }
  }

  @Test
  void aStreamFromThePastGetsAllOfItAndGoesOnLive() throws IOException {
    Answer first = put("/both/first", "x");
    List<String> bodies = new ArrayList<>(List.of(first.body()));
    for (int i = 0; i < 3 * QUEUE_EVENTS; i++) {
      bodies.add(put("/both/" + i, "x").body());
    }
    String from = "&waitIndex=" + first.header("X-Etcd-Index");
    try (Wire stream = watch("/v2/keys/both?wait=true&stream=true&recursive=true" + from)) {
      stream.head();
      for (String body : bodies) {
        assertEquals(body, stream.chunk());
      }
      assertEquals(put("/both/live", "x").body(), stream.chunk());
    }
  }

  @Test
  void anIndexThatIsGoneIsRefused() throws IOException {
    long gone = Long.parseLong(put("/gone", "x").header("X-Etcd-Index"));
    for (int i = 0; i < HISTORY; i++) {
      writer.request("PUT", "/v2/keys/gone?value=x");
    }
    for (int i = 0; i < HISTORY; i++) {
      assertEquals(200, writer.answer("PUT").status());
    }
    Answer refused = Wire.ask(port, "GET", "/v2/keys/gone?wait=true&waitIndex=" + gone);
    assertEquals(400, refused.status());
    assertEquals(
        "{\"errorCode\":401,"
            + "\"message\":\"The event in requested index is outdated and cleared\","
            + "\"cause\":\"the requested history has been cleared ["
            + (gone + 1)
            + "/"
            + gone
            + "]\",\"index\":"
            + (gone + HISTORY)
            + "}\n",
        refused.body());
  }

  @Test
  void aClientThatLeavesIsForgotten() throws IOException {
    try (Wire stream = watch("/v2/keys/left?wait=true&stream=true");
        Wire poll = watch("/v2/keys/left?wait=true")) {
      stream.head();
      poll.head();
      awaitWatchers(2);
    }
    awaitWatchers(0);
  }

  @Test
  void aClientThatLeavesBeforeItReadsTheHeadIsForgotten() throws IOException {
    try (Wire stream = Wire.to(port)) {
      stream.request("GET", "/v2/keys/left?wait=true&stream=true");
      awaitWatchers(1);
    }
    awaitWatchers(0);
  }

  @Test
  void aClientThatNeverReadsBlocksNobodyAndEnds() throws IOException {
    try (Wire idle = Wire.small(port);
        Wire other = watch("/v2/keys/big?wait=true&stream=true")) {
      idle.request("GET", "/v2/keys/big?wait=true&stream=true");
      other.head();
      awaitWatchers(2);
      long slowBefore = slow();
      int sent = 0;
      while (slow() == slowBefore) {
        assertEquals(put("/big", LARGE).body(), other.chunk());
        sent++;
        assertTrue(sent < EVENTS_ENOUGH, "the queue of a client that never reads is not full");
      }
      awaitWatchers(1);
      assertEquals(put("/big", "after").body(), other.chunk());

      idle.head();
      int received = 0;
      while (!idle.chunk().isEmpty()) {
        received++;
      }
      assertTrue(received >= QUEUE_EVENTS && received < sent, received + " of " + sent);
      assertEquals(200, idle.request("GET", "/v2/keys/big").answer("GET").status());
    }
  }

  @Test
  void aClientThatNeverReadCanLeave() throws IOException {
    try (Wire idle = Wire.small(port)) {
      idle.request("GET", "/v2/keys/big?wait=true&stream=true");
      awaitWatchers(1);
      long slowBefore = slow();
      for (int sent = 0; slow() == slowBefore; sent++) {
        put("/big", LARGE);
        assertTrue(sent < EVENTS_ENOUGH, "the queue of a client that never reads is not full");
      }
    }
  }

  private static Wire watch(String target) throws IOException {
    return Wire.to(port).request("GET", target);
  }

  private Answer put(String key, String value) throws IOException {
    return writer.form("PUT", "/v2/keys" + key, "value=" + value);
  }

  private static long slow() {
    return server.gateways().watchStats().get().slow();
  }

  private static void awaitWatchers(int watchers) {
    server.await("watchers: " + watchers, () -> server.watchers() == watchers);
  }
}
