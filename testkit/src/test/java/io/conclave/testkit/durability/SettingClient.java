package io.conclave.testkit.durability;

import com.fasterxml.jackson.databind.JsonNode;
import io.conclave.testkit.durability.StoredTree.StoredNode;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Sets keys to values that never come twice, some of them long, and deletes one now and then. */
final class SettingClient extends WritingClient {
  private static final int KEYS = 20;
  private static final int LONG_VALUE_CHARS_MAX = 64 * 1024;

  /** What a key held at an index; nothing when it was deleted then. */
  private record Known(Optional<String> value, long index) {}

  private record Doubt(String key, Optional<String> value) {}

  private final SplittableRandom random;
  private final Map<String, Known> known = new HashMap<>();
  private Optional<Doubt> doubt = Optional.empty();
  private long writes;

  SettingClient(String directory, SplittableRandom random) {
    super(directory);
    this.random = random;
  }

  @Override
  void write(WireConnection connection) throws IOException {
    String key = directory() + "/k" + random.nextInt(KEYS);
    boolean exists = known.containsKey(key) && known.get(key).value().isPresent();
    Optional<String> value =
        exists && random.nextInt(10) == 0 ? Optional.empty() : Optional.of(value());
    doubt = Optional.of(new Doubt(key, value));
    WireRequest request =
        value
            .map(text -> WireRequest.form("PUT", "/v2/keys" + key, "value=" + text))
            .orElse(new WireRequest("DELETE", "/v2/keys" + key, List.of(), Optional.empty()));
    JsonNode node =
        send(connection, request)
            .orElseThrow(() -> new IllegalStateException("write of " + key + " refused"));
    known.put(key, new Known(value, node.get("modifiedIndex").asLong()));
    doubt = Optional.empty();
  }

  @Override
  void check(StoredTree tree, List<String> problems) {
    doubt.ifPresent(unsure -> settle(unsure, tree.find(unsure.key())));
    doubt = Optional.empty();
    List<String> strangers = new ArrayList<>(tree.below(directory()).keySet());
    strangers.removeAll(known.keySet());
    strangers.forEach(key -> problems.add(key + " was never written"));
    known.forEach((key, expected) -> check(key, expected, tree.find(key), problems));
  }

  private void settle(Doubt unsure, Optional<StoredNode> stored) {
    long before = known.containsKey(unsure.key()) ? known.get(unsure.key()).index() : 0;
    boolean happened =
        unsure.value().isEmpty()
            ? stored.isEmpty()
            : stored.map(StoredNode::value).equals(unsure.value());
    if (happened) {
      long index = stored.map(StoredNode::modifiedIndex).orElse(before + 1);
      if (index > before) {
        known.put(unsure.key(), new Known(unsure.value(), index));
      }
    }
  }

  private static void check(
      String key, Known expected, Optional<StoredNode> stored, List<String> problems) {
    Optional<String> value = stored.map(StoredNode::value);
    boolean sameIndex = stored.isEmpty() || stored.get().modifiedIndex() == expected.index();
    if (!value.equals(expected.value()) || !sameIndex) {
      problems.add(
          "%s: acknowledged %s at %d, stored %s"
              .formatted(
                  key,
                  expected.value().map(SettingClient::shown),
                  expected.index(),
                  stored.map(node -> shown(node.value()) + " at " + node.modifiedIndex())));
    }
  }

  private String value() {
    String unique = "w" + writes++ + "-" + random.nextLong(Long.MAX_VALUE);
    int length = random.nextInt(5) == 0 ? random.nextInt(LONG_VALUE_CHARS_MAX) : 0;
    return unique + "x".repeat(length);
  }

  private static String shown(String value) {
    return value.substring(0, Math.min(40, value.length())) + " (" + value.length() + " chars)";
  }
}
