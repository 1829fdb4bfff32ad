package io.conclave.testkit.durability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Everything that a server holds below one directory, read in one request. */
record StoredTree(long index, Map<String, StoredNode> nodes) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** A file as the server tells it. */
  record StoredNode(String value, long createdIndex, long modifiedIndex) {}

  /** Reads the directory; one that does not exist holds nothing. */
  static StoredTree read(URI server, String directory) throws IOException {
    WireRequest request = WireRequest.get("/v2/keys" + directory + "?recursive=true");
    WireResponse response = WireConnection.exchange(server, request, TIMEOUT);
    Map<String, StoredNode> nodes = new HashMap<>();
    if (response.head().status() == 200) {
      collect(JSON.readTree(response.body().utf8()).get("node"), nodes);
    } else if (response.head().status() != 404) {
      throw new IOException("cannot read the tree: " + response.body().utf8());
    }
    return new StoredTree(
        Long.parseLong(response.head().header("X-Etcd-Index").orElseThrow()), nodes);
  }

  Optional<StoredNode> find(String key) {
    return Optional.ofNullable(nodes.get(key));
  }

  /** The files of a directory. */
  Map<String, StoredNode> below(String directory) {
    return nodes.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(directory + "/"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** What cannot be true of the indexes of any store. */
  void checkIndexes(List<String> problems) {
    Set<Long> modified = new HashSet<>();
    nodes.forEach(
        (key, node) -> {
          if (node.modifiedIndex() > index || node.createdIndex() > node.modifiedIndex()) {
            problems.add("%s has impossible indexes at %d: %s".formatted(key, index, node));
          }
          if (!modified.add(node.modifiedIndex())) {
            problems.add("two keys were modified at " + node.modifiedIndex());
          }
        });
  }

  private static void collect(JsonNode node, Map<String, StoredNode> nodes) {
    if (node.path("dir").asBoolean()) {
      node.path("nodes").forEach(child -> collect(child, nodes));
    } else {
      nodes.put(
          node.get("key").asText(),
          new StoredNode(
              node.get("value").asText(),
              node.get("createdIndex").asLong(),
              node.get("modifiedIndex").asLong()));
    }
  }
}
