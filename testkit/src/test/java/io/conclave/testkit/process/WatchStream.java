package io.conclave.testkit.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A streaming watch on a directory, read by a thread of its own until one side ends it. */
final class WatchStream implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final WireConnection connection;
  private final List<Seen> seen = new ArrayList<>();
  private boolean ended;

  /**
   * An event as a watcher or a writer is told of it.
   *
   * @param value none for a key that is gone
   */
  record Seen(long index, String key, String value) {
    static Seen of(String event) throws IOException {
      JsonNode node = JSON.readTree(event).path("node");
      return new Seen(
          node.path("modifiedIndex").asLong(),
          node.path("key").asText(),
          node.path("value").asText());
    }

    /** Without its value, which may be long. */
    @Override
    public String toString() {
      return index + " " + key;
    }
  }

  private WatchStream(WireConnection connection) {
    this.connection = connection;
  }

  /** Returns when the member has begun to answer, so that no later event is missed. */
  static WatchStream open(MemberProcess member, String directory, long waitIndex)
      throws IOException {
    WireConnection connection = WireConnection.open(member.clientUrl(), ProcessCluster.PATIENCE);
    String query = "?wait=true&recursive=true&stream=true&waitIndex=" + waitIndex;
    connection.send(WireRequest.get("/v2/keys/" + directory + query));
    connection.readHead();
    WatchStream stream = new WatchStream(connection);
    Thread.ofVirtual().start(stream::read);
    return stream;
  }

  synchronized List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** The member ended it, in order or not. */
  synchronized boolean hasEnded() {
    return ended;
  }

  @Override
  public void close() {
    connection.close();
  }

  private void read() {
    StringBuilder text = new StringBuilder();
    try {
      for (var piece = connection.readSome(); piece.isPresent(); piece = connection.readSome()) {
        text.append(piece.get().utf8());
        for (int end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
          add(Seen.of(text.substring(0, end)));
          text.delete(0, end + 1);
        }
      }
      end();
    } catch (IOException broken) {
      end();
    }
  }

  private synchronized void add(Seen event) {
    seen.add(event);
  }

  private synchronized void end() {
    ended = true;
  }
}
