package io.conclave.testkit.durability;

import io.conclave.testkit.durability.StoredTree.StoredNode;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Sets one key to values of 8 MiB that never come twice: its writes keep the journal busy. */
final class LargeValueClient extends WritingClient {
  private static final int VALUE_CHARS = 8 << 20;

  private final String key;
  private Optional<String> acknowledged = Optional.empty();
  private Optional<String> doubt = Optional.empty();
  private long writes;

  LargeValueClient(String directory) {
    super(directory);
    this.key = directory + "/value";
  }

  @Override
  void write(WireConnection connection) throws IOException {
    String unit = "w" + writes++ + ".";
    String value = unit.repeat(VALUE_CHARS / unit.length());
    doubt = Optional.of(value);
    send(connection, WireRequest.form("PUT", "/v2/keys" + key, "value=" + value))
        .orElseThrow(() -> new IllegalStateException("write of " + key + " refused"));
    acknowledged = doubt;
    doubt = Optional.empty();
  }

  @Override
  void check(StoredTree tree, List<String> problems) {
    Optional<String> stored = tree.find(key).map(StoredNode::value);
    if (!stored.equals(acknowledged) && (doubt.isEmpty() || !stored.equals(doubt))) {
      problems.add(
          "%s: acknowledged %s, stored %s"
              .formatted(
                  key,
                  acknowledged.map(LargeValueClient::shown),
                  stored.map(LargeValueClient::shown)));
    }
    acknowledged = stored;
    doubt = Optional.empty();
  }

  private static String shown(String value) {
    return value.substring(0, Math.min(20, value.length())) + " (" + value.length() + " chars)";
  }
}
