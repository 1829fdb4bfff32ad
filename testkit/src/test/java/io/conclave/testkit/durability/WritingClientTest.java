package io.conclave.testkit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.conclave.testkit.durability.StoredTree.StoredNode;
import io.conclave.testkit.wire.WireConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which states of a store the clients of the durability test accept, and which they don't. */
class WritingClientTest {
  private final Map<String, StoredNode> store = new HashMap<>();
  private HttpServer server;
  private WireConnection connection;
  private long index;
  private boolean answering = true;
  private boolean applying = true;

  @BeforeEach
  void connect() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v2/keys", this::answer);
    server.start();
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    connection = WireConnection.open(base, Duration.ofSeconds(10));
  }

  @AfterEach
  void disconnect() {
    connection.close();
    server.stop(0);
  }

  @Test
  void whatWasAcknowledgedMustBeThereAsItWas() throws IOException {
    for (WritingClient client : clients()) {
      store.clear();
      write(client, 30);
      assertEquals(List.of(), problems(client));
      String key = store.keySet().iterator().next();
      StoredNode node = store.remove(key);
      assertEquals(1, problems(client).size(), client + " must miss " + key);
      store.put(key, new StoredNode("other", node.createdIndex(), node.modifiedIndex()));
      assertEquals(1, problems(client).size(), client + " must see another value");
      store.put(key, new StoredNode(node.value(), node.createdIndex(), node.modifiedIndex() + 1));
      assertEquals(1, problems(client).size(), client + " must see another index");
      store.put(key, node);
      assertEquals(List.of(), problems(client));
    }
  }

  @Test
  void aWriteWithoutAnAnswerMayHaveHappenedOrNot() throws IOException {
    for (boolean happens : new boolean[] {true, false}) {
      for (WritingClient client : clients()) {
        store.clear();
        write(client, 30);
        applying = happens;
        answering = false;
        assertThrows(IOException.class, () -> client.write(connection));
        answering = true;
        applying = true;
        assertEquals(List.of(), problems(client));
        write(client, 30);
        assertEquals(List.of(), problems(client));
      }
    }
  }

  @Test
  void anAppendThatHappenedTwiceIsSeen() throws IOException {
    WritingClient client = new AppendingClient("/q");
    write(client, 3);
    StoredNode last = store.get("/q/%020d".formatted(index));
    store.put("/q/%020d".formatted(index + 1), last);
    assertEquals(1, problems(client).size());
  }

  @Test
  void indexesThatCannotBeAreSeen() {
    List<String> problems = new ArrayList<>();
    StoredNode late = new StoredNode("x", 4, 9);
    StoredNode same = new StoredNode("y", 4, 9);
    new StoredTree(8, Map.of("/a", late, "/b", same)).checkIndexes(problems);
    assertEquals(3, problems.size(), problems.toString());
  }

  private static List<WritingClient> clients() {
    return List.of(
        new SettingClient("/s", new SplittableRandom(5)),
        new SwappingClient("/c"),
        new AppendingClient("/q"));
  }

  private void write(WritingClient client, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      client.write(connection);
    }
  }

  private List<String> problems(WritingClient client) {
    List<String> problems = new ArrayList<>();
    client.check(new StoredTree(index, Map.copyOf(store)), problems);
    return problems;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
    String key = exchange.getRequestURI().getPath().substring("/v2/keys".length());
    long at = applying ? ++index : index;
    UnaryOperator<StoredNode> change =
        switch (exchange.getRequestMethod()) {
          case "DELETE" -> before -> null;
          default ->
              before -> new StoredNode(form.substring("value=".length()), created(before, at), at);
        };
    String name = exchange.getRequestMethod().equals("POST") ? key + "/%020d".formatted(at) : key;
    if (applying) {
      store.compute(name, (ignored, before) -> change.apply(before));
    }
    String body =
        "{\"node\":{\"key\":\"%s\",\"createdIndex\":%d,\"modifiedIndex\":%d}}"
            .formatted(name, store.containsKey(name) ? store.get(name).createdIndex() : at, at);
    exchange.sendResponseHeaders(answering ? 200 : 500, body.length());
    exchange.getResponseBody().write(body.getBytes(StandardCharsets.US_ASCII));
    exchange.close();
  }

  private static long created(StoredNode before, long at) {
    return before == null || !before.value().matches("\\d+") ? at : before.createdIndex();
  }
}
