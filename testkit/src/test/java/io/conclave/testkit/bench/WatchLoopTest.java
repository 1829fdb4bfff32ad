package io.conclave.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WatchLoopTest {
  private static final String EVENT = "3\r\n{}\n\r\n";
  private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  private final List<OutputStream> watching = new ArrayList<>();
  private long index = 7;

  @Test
  void streamsGetEveryWriteOnce() throws Exception {
    try (ScriptedServer server = new ScriptedServer((line, out) -> answer(line, out, EVENT))) {
      LoadResult result = watch(server, true, Duration.ofSeconds(10));
      assertEquals(Map.of(), result.failures());
      assertEquals(3, result.first().count());
      assertEquals(3 * (index - 7), result.steady().count());
      assertTrue(result.perSecond() > 0);
    }
  }

  @Test
  void pollsAskAgainFromTheIndexBehindTheLastWrite() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer((line, out) -> answer(line, out, EVENT + "0\r\n\r\n"))) {
      LoadResult result = watch(server, false, Duration.ofSeconds(10));
      assertEquals(Map.of(), result.failures());
      assertEquals(3, result.first().count());
      assertEquals(3 * (index - 7), result.steady().count());
    }
  }

  @Test
  void anEventThatNeverComesIsATimeoutOfEachWatcher() throws Exception {
    try (ScriptedServer server = new ScriptedServer((line, out) -> answer(line, out, ""))) {
      LoadResult result = watch(server, true, Duration.ofMillis(100));
      assertEquals(Map.of(Failure.TIMEOUT, 3L), result.failures());
      assertEquals(0, result.steady().count());
    }
  }

  @Test
  void aRefusedWatchIsCountedByItsStatus() throws Exception {
    ScriptedServer.Script refusing =
        (line, out) -> {
          send(out, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
          return true;
        };
    try (ScriptedServer server = new ScriptedServer(refusing)) {
      LoadResult result = watch(server, true, Duration.ofSeconds(10));
      assertEquals(Set.of(Failure.STATUS_4XX), result.failures().keySet());
    }
  }

  private static LoadResult watch(ScriptedServer server, boolean streaming, Duration timeout)
      throws IOException {
    LoadShape shape = new LoadShape(3, true, Duration.ofMillis(150), timeout);
    return new WatchLoop(server.target(), streaming, 8, shape).call();
  }

  private synchronized boolean answer(String line, OutputStream out, String event)
      throws IOException {
    if (line.startsWith("GET ")) {
      boolean again = line.contains("waitIndex=");
      assertTrue(!again || line.contains("waitIndex=" + (index + 1) + " "), line);
      watching.add(out);
      send(out, HEAD);
      return true;
    }
    index++;
    List<OutputStream> now = List.copyOf(watching);
    if (event.endsWith("0\r\n\r\n")) {
      watching.clear();
    }
    for (OutputStream watcher : now) {
      send(watcher, event);
    }
    send(out, "HTTP/1.1 200 OK\r\nX-Etcd-Index: " + index + "\r\nContent-Length: 0\r\n\r\n");
    return true;
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
