package io.conclave.testkit.durability;

import com.fasterxml.jackson.databind.JsonNode;
import io.conclave.testkit.durability.StoredTree.StoredNode;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Counts up one key by compare-and-swap on its index, so that every write hangs on the one before.
 */
final class SwappingClient extends WritingClient {
  private final String key;
  private long count;
  private long createdIndex;
  private long modifiedIndex;
  private boolean inDoubt;

  SwappingClient(String directory) {
    super(directory);
    this.key = directory + "/count";
  }

  @Override
  void write(WireConnection connection) throws IOException {
    inDoubt = true;
    String condition = count == 0 ? "prevExist=false" : "prevIndex=" + modifiedIndex;
    WireRequest request =
        WireRequest.form("PUT", "/v2/keys" + key + "?" + condition, "value=" + (count + 1));
    JsonNode node =
        send(connection, request)
            .orElseThrow(
                () -> new IllegalStateException(key + " is not at " + modifiedIndex + " any more"));
    count++;
    createdIndex = node.get("createdIndex").asLong();
    modifiedIndex = node.get("modifiedIndex").asLong();
    inDoubt = false;
  }

  @Override
  void check(StoredTree tree, List<String> problems) {
    Optional<StoredNode> stored = tree.find(key);
    String next = Long.toString(count + 1);
    if (inDoubt && stored.isPresent() && stored.get().value().equals(next)) {
      count++;
      createdIndex = count == 1 ? stored.get().createdIndex() : createdIndex;
      modifiedIndex = Math.max(modifiedIndex + 1, stored.get().modifiedIndex());
    }
    inDoubt = false;
    Optional<StoredNode> expected =
        count == 0
            ? Optional.empty()
            : Optional.of(new StoredNode(Long.toString(count), createdIndex, modifiedIndex));
    if (!stored.equals(expected)) {
      problems.add("%s: acknowledged %s, stored %s".formatted(key, expected, stored));
    }
  }
}
