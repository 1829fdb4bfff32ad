package io.conclave.http.keys;

import io.conclave.http.JsonBytes;
import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.NodeView;
import io.conclave.keyspace.tree.V2Error;
import io.conclave.raft.core.Bytes;
import java.time.LocalDate;
import java.util.List;
import org.apache.pekko.util.ByteString;

/**
 * Events and errors of the keys API as JSON, byte for byte as 2.3.8 writes them: fixed order of
 * fields, no blanks, one newline at the end (spec v2-keys §6). Values go from stored bytes to the
 * answer without a {@link String} between.
 */
public final class V2Json {
  private static final Bytes ACTION = Bytes.utf8("{\"action\":\"");
  private static final Bytes NODE = Bytes.utf8("\",\"node\":{");
  private static final Bytes PREV_NODE = Bytes.utf8(",\"prevNode\":{");
  private static final Bytes KEY = Bytes.utf8("\"key\":\"");
  private static final Bytes VALUE = Bytes.utf8("\"value\":\"");
  private static final Bytes DIR = Bytes.utf8("\"dir\":true");
  private static final Bytes EXPIRATION = Bytes.utf8("\"expiration\":\"");
  private static final Bytes TTL = Bytes.utf8("\"ttl\":");
  private static final Bytes NODES = Bytes.utf8("\"nodes\":[");
  private static final Bytes MODIFIED_INDEX = Bytes.utf8("\"modifiedIndex\":");
  private static final Bytes CREATED_INDEX = Bytes.utf8("\"createdIndex\":");
  private static final Bytes ERROR_CODE = Bytes.utf8("{\"errorCode\":");
  private static final Bytes MESSAGE = Bytes.utf8(",\"message\":\"");
  private static final Bytes CAUSE = Bytes.utf8("\",\"cause\":\"");
  private static final Bytes INDEX = Bytes.utf8("\",\"index\":");
  private static final Bytes END = Bytes.utf8("}\n");

  private static final int NODE_BYTES_EXPECTED = 160;

  /** All fields of a node, without key and value. */
  private static final int NODE_BYTES_MAX = 256;

  /** What a byte of a key or value may become. */
  private static final int ESCAPE_BYTES_MAX = 6;

  private static final long MILLIS_A_DAY = 86_400_000;

  private V2Json() {}

  /** The answer to a read or write. */
  public static ByteString event(KeyEvent event) {
    return write(event).toByteString();
  }

  /** The same text as a line of a watch. */
  public static Bytes line(KeyEvent event) {
    return write(event).toBytes();
  }

  /** The body of an error of the keys API; its cause is left out if empty. */
  public static ByteString error(V2Error error) {
    JsonBytes json = new JsonBytes(NODE_BYTES_EXPECTED + error.cause().length());
    json.raw(ERROR_CODE).number(error.code().number());
    json.raw(MESSAGE).raw(error.code().message());
    if (!error.cause().isEmpty()) {
      json.raw(CAUSE).escaped(error.cause());
    }
    return json.raw(INDEX).number(error.index()).raw(END).toByteString();
  }

  /** The length of {@link #event} is not above this. */
  static long bytesMax(KeyEvent event) {
    return NODE_BYTES_MAX
        + bytesMax(event.node())
        + event.prevNode().map(V2Json::bytesMax).orElse(0L);
  }

  private static long bytesMax(NodeView node) {
    long bytes =
        NODE_BYTES_MAX
            + ESCAPE_BYTES_MAX * (long) node.key().bytes().length()
            + JsonBytes.escapedLength(node.value());
    for (NodeView child : node.nodes()) {
      bytes += bytesMax(child);
    }
    return bytes;
  }

  /** Whether {@link #event} is certainly not longer; a quick look. */
  static boolean isWithin(int bytes, KeyEvent event) {
    int prevBytes = event.prevNode().map(prev -> prev.value().length()).orElse(0);
    long plain = 2L * event.key().bytes().length() + event.node().value().length() + prevBytes;
    return event.node().nodes().isEmpty() && 3 * NODE_BYTES_MAX + ESCAPE_BYTES_MAX * plain <= bytes;
  }

  /**
   * @param bytesExpected the buffer grows beyond it by doubling
   */
  static ByteString event(KeyEvent event, int bytesExpected) {
    return write(event, new JsonBytes(bytesExpected)).toByteString();
  }

  private static JsonBytes write(KeyEvent event) {
    int prevBytes = event.prevNode().map(V2Json::bytesExpected).orElse(0);
    return write(event, new JsonBytes(bytesExpected(event.node()) + prevBytes));
  }

  private static JsonBytes write(KeyEvent event, JsonBytes json) {
    json.raw(ACTION).raw(event.action().json()).raw(NODE);
    node(event.node(), json);
    event
        .prevNode()
        .ifPresent(
            prev -> {
              json.raw(PREV_NODE);
              node(prev, json);
            });
    return json.raw(END);
  }

  private static int bytesExpected(NodeView node) {
    int children = node.nodes().size() * NODE_BYTES_EXPECTED;
    return NODE_BYTES_EXPECTED + node.value().length() + children;
  }

  /** Writes what follows the opening brace, and the closing one. */
  private static void node(NodeView node, JsonBytes json) {
    Fields fields = new Fields(json);
    if (!node.key().isRoot()) {
      fields.next(KEY);
      path(node.key(), json);
    }
    if (node.hasValue()) {
      fields.next(VALUE).escaped(node.value()).raw('"');
    }
    if (node.dir()) {
      fields.next(DIR);
    }
    if (node.hasExpiration()) {
      fields.next(EXPIRATION);
      timestamp(node.expiration(), json);
      json.raw('"');
      if (node.ttl() != 0) {
        fields.next(TTL).number(node.ttl());
      }
    }
    if (!node.nodes().isEmpty()) {
      fields.next(NODES);
      nodes(node.nodes(), json);
    }
    if (node.modifiedIndex() != 0) {
      fields.next(MODIFIED_INDEX).number(node.modifiedIndex());
    }
    if (node.createdIndex() != 0) {
      fields.next(CREATED_INDEX).number(node.createdIndex());
    }
    json.raw('}');
  }

  private static void nodes(List<NodeView> nodes, JsonBytes json) {
    for (int i = 0; i < nodes.size(); i++) {
      if (i > 0) {
        json.raw(',');
      }
      json.raw('{');
      node(nodes.get(i), json);
    }
    json.raw(']');
  }

  private static void path(KeyPath key, JsonBytes json) {
    for (Bytes component : key.components()) {
      json.raw('/').escaped(component);
    }
    json.raw('"');
  }

  /** RFC 3339 in UTC, the fraction without its trailing zeros and left out if zero. */
  static void timestamp(long unixMillis, JsonBytes json) {
    LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(unixMillis, MILLIS_A_DAY));
    int millis = Math.floorMod(unixMillis, (int) MILLIS_A_DAY);
    json.padded(day.getYear(), 4).raw('-').padded(day.getMonthValue(), 2);
    json.raw('-').padded(day.getDayOfMonth(), 2).raw('T');
    json.padded(millis / 3_600_000, 2).raw(':');
    json.padded(millis / 60_000 % 60, 2).raw(':').padded(millis / 1000 % 60, 2);
    int fraction = millis % 1000;
    if (fraction != 0) {
      json.raw('.');
      if (fraction % 100 == 0) {
        json.padded(fraction / 100, 1);
      } else if (fraction % 10 == 0) {
        json.padded(fraction / 10, 2);
      } else {
        json.padded(fraction, 3);
      }
    }
    json.raw('Z');
  }

  /** Puts commas between the fields of an object. */
  private static final class Fields {
    private final JsonBytes json;
    private boolean first = true;

    Fields(JsonBytes json) {
      this.json = json;
    }

    JsonBytes next(Bytes name) {
      if (!first) {
        json.raw(',');
      }
      first = false;
      return json.raw(name);
    }
  }
}
