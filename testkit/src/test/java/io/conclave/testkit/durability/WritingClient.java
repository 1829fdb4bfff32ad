package io.conclave.testkit.durability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A client that writes below a directory of its own, one request at a time, and remembers what was
 * acknowledged. A request whose answer never came may have happened or not; that one, and no other,
 * leaves the client in doubt until it sees the store again.
 */
abstract sealed class WritingClient
    permits SettingClient, SwappingClient, AppendingClient, LargeValueClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String directory;

  WritingClient(String directory) {
    this.directory = directory;
  }

  final String directory() {
    return directory;
  }

  /**
   * Makes one write and waits for its answer.
   *
   * @throws IOException when the outcome is not known
   */
  abstract void write(WireConnection connection) throws IOException;

  /**
   * Compares what is stored with what was acknowledged, and takes what is stored for the truth
   * about the write in doubt.
   */
  abstract void check(StoredTree tree, List<String> problems);

  /** Sends a write; its node as answered, and nothing when the server says that it was not done. */
  static Optional<JsonNode> send(WireConnection connection, WireRequest request)
      throws IOException {
    WireResponse response = connection.exchange(request);
    int status = response.head().status();
    if (status == 200 || status == 201) {
      return Optional.of(JSON.readTree(response.body().utf8()).get("node"));
    }
    if (status >= 500) {
      throw new IOException("outcome not known: " + response.body().utf8());
    }
    return Optional.empty();
  }
}
