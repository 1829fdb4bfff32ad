package io.conclave.testkit.durability;

import com.fasterxml.jackson.databind.JsonNode;
import io.conclave.testkit.durability.StoredTree.StoredNode;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Appends to a queue of in-order keys: each entry must be there once, under the name it was given.
 */
final class AppendingClient extends WritingClient {
  private final Map<String, StoredNode> acknowledged = new HashMap<>();
  private Optional<String> doubt = Optional.empty();
  private long entries;

  AppendingClient(String directory) {
    super(directory);
  }

  @Override
  void write(WireConnection connection) throws IOException {
    String value = "entry-" + entries++;
    doubt = Optional.of(value);
    WireRequest request = WireRequest.form("POST", "/v2/keys" + directory(), "value=" + value);
    JsonNode node =
        send(connection, request)
            .orElseThrow(() -> new IllegalStateException("append to " + directory() + " refused"));
    long index = node.get("modifiedIndex").asLong();
    acknowledged.put(node.get("key").asText(), new StoredNode(value, index, index));
    doubt = Optional.empty();
  }

  @Override
  void check(StoredTree tree, List<String> problems) {
    Map<String, StoredNode> stored = new HashMap<>(tree.below(directory()));
    acknowledged.forEach(
        (key, expected) -> {
          if (!expected.equals(stored.remove(key))) {
            problems.add("%s: acknowledged %s, stored %s".formatted(key, expected, tree.find(key)));
          }
        });
    stored.forEach(
        (key, node) -> {
          if (doubt.equals(Optional.of(node.value()))) {
            acknowledged.put(key, node);
            doubt = Optional.empty();
          } else {
            problems.add("%s: %s was appended by nobody, or twice".formatted(key, node));
          }
        });
    doubt = Optional.empty();
  }
}
