package io.conclave.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoadLoopTest {
  private static final Duration SHORT = Duration.ofMillis(150);

  private final AtomicInteger requests = new AtomicInteger();

  @Test
  void everyAnswerIsCountedAndFirstOnesApart() throws Exception {
    try (ScriptedServer server = new ScriptedServer((line, out) -> ok(out, true))) {
      LoadResult result = load(server.target(), Workload.GET, true, Duration.ofSeconds(10));
      assertEquals(4, result.first().count());
      assertTrue(result.steady().count() > 0);
      assertTrue(result.first().count() + result.steady().count() <= requests.get());
      assertEquals(Map.of(), result.failures());
      assertTrue(result.perSecond() <= result.steady().count() / 0.15);
    }
  }

  @Test
  void aNewConnectionForEachRequestHasNoFirstAnswers() throws Exception {
    try (ScriptedServer server = new ScriptedServer((line, out) -> ok(out, false))) {
      LoadResult result = load(server.target(), Workload.PUT, false, Duration.ofSeconds(10));
      assertEquals(0, result.first().count());
      assertTrue(result.steady().count() > 0);
      assertEquals(Map.of(), result.failures());
    }
  }

  @Test
  void failuresAreCountedByKindAndNotAsAnswers() throws Exception {
    ScriptedServer.Script inTurns =
        (line, out) ->
            switch (requests.incrementAndGet() % 4) {
              case 0 -> send(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", true);
              case 1 -> send(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", false);
              case 2 -> send(out, "what?\r\n", true);
              default -> send(out, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", true);
            };
    try (ScriptedServer server = new ScriptedServer(inTurns)) {
      LoadResult result = load(server.target(), Workload.MIXED, true, SHORT);
      assertEquals(0, result.steady().count() + result.first().count());
      assertEquals(
          Set.of(Failure.STATUS_4XX, Failure.CLOSED_EARLY, Failure.MALFORMED, Failure.STATUS_5XX),
          result.failures().keySet());
    }
  }

  @Test
  void silenceIsATimeout() throws Exception {
    try (ScriptedServer server = new ScriptedServer((line, out) -> true)) {
      LoadResult result = load(server.target(), Workload.GET, true, Duration.ofMillis(50));
      assertTrue(result.failures().get(Failure.TIMEOUT) >= 4, result.failures().toString());
    }
  }

  /** A port that is held but not listened on: one given back might belong to somebody by now. */
  @Test
  void nobodyListeningIsAConnectFailure() throws Exception {
    try (Socket held = new Socket()) {
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Target target = Target.parse("http://127.0.0.1:" + held.getLocalPort(), "nobody", false);
      LoadResult result = load(target, Workload.GET, true, Duration.ofMillis(50));
      assertEquals(Set.of(Failure.CONNECT), result.failures().keySet());
    }
  }

  @Test
  void aSourceThatEndsIsSentCompletelyAndOnce() throws Exception {
    Map<String, Integer> lines = new ConcurrentHashMap<>();
    ScriptedServer.Script counting =
        (line, out) -> {
          lines.merge(line, 1, Integer::sum);
          return ok(out, true);
        };
    try (ScriptedServer server = new ScriptedServer(counting)) {
      RequestBook book = RequestBook.of(server.target(), 250, 8, true);
      LoadShape shape = new LoadShape(4, true, Duration.ofMinutes(1), Duration.ofSeconds(10));
      LoadResult result = new LoadLoop(server.target(), book.fill(), shape).call();
      assertEquals(Map.of(), result.failures());
      assertEquals(250, lines.size());
      assertEquals(Set.of(1), Set.copyOf(lines.values()));
      assertTrue(lines.containsKey("PUT /v2/keys/conclave-bench/d0002/k0049 HTTP/1.1"));
    }
  }

  private static LoadResult load(
      Target target, Workload workload, boolean keepAlive, Duration timeout) throws IOException {
    RequestBook book = RequestBook.of(target, 10, 8, keepAlive);
    LoadShape shape = new LoadShape(4, keepAlive, SHORT, timeout);
    return new LoadLoop(target, book.endless(workload, 50, 1), shape).call();
  }

  private boolean ok(OutputStream out, boolean keepAlive) throws IOException {
    requests.incrementAndGet();
    return send(out, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}\n", keepAlive);
  }

  private static boolean send(OutputStream out, String text, boolean keepAlive) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return keepAlive;
  }
}
