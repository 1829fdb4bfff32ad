package io.conclave.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts as a match is decided here by a server that only counts writes. */
class GoldenReplayRulesTest {
  private static final String HEADER =
      "{\"scenario\":\"s\",\"server\":\"x\",\"format\":1,\"startIndex\":3,\"about\":\"y\"}\n";

  @TempDir private Path directory;

  @Test
  void aFaithfulServerMatches() throws Exception {
    ReplayResult result = replay("", write(1, 200, 1), write(2, 200, 2));
    assertEquals(2, result.matched(), result::describe);
    assertEquals(List.of(), result.mismatches());
  }

  @Test
  void aDifferenceIsAMismatchUnlessItIsListed() throws Exception {
    ReplayResult unlisted = replay("", write(1, 201, 1), write(2, 200, 2));
    assertEquals(1, unlisted.matched());
    assertEquals(
        List.of("status: 200, expected 201"), unlisted.mismatches().getFirst().differences());
    ReplayResult listed = replay("s 1 on purpose", write(1, 201, 1), write(2, 200, 2));
    assertEquals(1, listed.differAsListed());
    assertEquals(List.of(), listed.mismatches());
  }

  @Test
  void aListedStepThatMatchesIsAMismatch() throws Exception {
    ReplayResult result = replay("s 1-2 on purpose", write(1, 200, 1), write(2, 201, 2));
    assertEquals(1, result.mismatches().size());
    assertTrue(result.describe().contains("matches, but is listed"), result::describe);
  }

  @Test
  void aRefusedWriteThatIsListedHasNoIndex() throws Exception {
    String refused = write(1, 200, 1).replace("/v2/keys/a", "/v2/keys/refused");
    ReplayResult result = replay("s 1 refused", refused, write(2, 200, 2), write(3, 200, 3));
    assertEquals(2, result.matched(), result::describe);
    assertEquals(1, result.differAsListed());
  }

  @Test
  void linesThatAreNotUnderstoodAreNamed() throws IOException {
    Path recording = Files.writeString(directory.resolve("r.jsonl"), HEADER + "{\"step\":1}\n");
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> GoldenFile.read(recording));
    assertTrue(refused.getMessage().contains("line 2"), refused.getMessage());
    Path list = Files.writeString(directory.resolve("list"), "# comment\ns 1\n");
    assertThrows(IllegalArgumentException.class, () -> ExpectedDifferences.read(list));
  }

  private ReplayResult replay(String expected, String... steps) throws Exception {
    Path recording = directory.resolve("s.jsonl");
    Files.writeString(recording, HEADER + String.join("\n", steps));
    Path list = Files.writeString(directory.resolve("expected"), expected);
    GoldenReplay replay = new GoldenReplay(ExpectedDifferences.read(list), Set.of(), Duration.ZERO);
    try (CountingServer server = new CountingServer()) {
      return replay.replay(GoldenFile.read(recording), server);
    }
  }

  private static String write(int step, int status, int offset) {
    return """
    {"step":%d,"request":{"method":"PUT","path":"/v2/keys/a","body":"value=x"},\
    "response":{"status":%d,"headers":{"X-Etcd-Index":"<idx:+%d>"},"framing":"length",\
    "body":"{\\"modifiedIndex\\":<idx:+%d>}\\n"}}\
    """
        .formatted(step, status, offset, offset);
  }

  /** Every PUT raises the index, except that of one key. */
  private static final class CountingServer implements ServerUnderTest {
    private final HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private long index = 40;

    CountingServer() throws IOException {
      server.createContext("/", this::answer);
    }

    private void answer(HttpExchange exchange) throws IOException {
      boolean write = exchange.getRequestMethod().equals("PUT");
      boolean refused = write && exchange.getRequestURI().getPath().endsWith("/refused");
      index += write && !refused ? 1 : 0;
      byte[] body = ("{\"modifiedIndex\":" + index + "}\n").getBytes(StandardCharsets.US_ASCII);
      exchange.getResponseHeaders().add("X-Etcd-Index", Long.toString(index));
      exchange.sendResponseHeaders(refused ? 400 : 200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }

    @Override
    public void start(List<String> arguments) {
      server.start();
    }

    @Override
    public URI clientUrl() {
      return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public URI peerUrl() {
      return URI.create("http://127.0.0.1:1");
    }

    @Override
    public void restart(boolean kill) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void requireAlive() {}

    @Override
    public String lastWords() {
      return "";
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
