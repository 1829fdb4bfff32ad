package io.conclave.http.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.http.JsonBytes;
import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.keyspace.tree.KeyEvent.Action;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.NodeView;
import io.conclave.keyspace.tree.V2Error;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.core.Bytes;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JSON of events and errors, byte for byte (spec v2-keys §6). */
final class V2JsonTest {
  private static final long EXPIRATION = 1_700_000_000_120L;

  @Test
  void anEventShowsActionNodeAndPrevNodeInThisOrder() {
    NodeView before = file("/foo", "one", 3, 3);
    NodeView after =
        new NodeView(
            KeyPath.of("/foo"),
            true,
            Bytes.utf8("two"),
            false,
            true,
            EXPIRATION,
            5,
            List.of(),
            4,
            4);
    assertEquals(
        "{\"action\":\"set\",\"node\":{\"key\":\"/foo\",\"value\":\"two\","
            + "\"expiration\":\"2023-11-14T22:13:20.12Z\",\"ttl\":5,"
            + "\"modifiedIndex\":4,\"createdIndex\":4},"
            + "\"prevNode\":{\"key\":\"/foo\",\"value\":\"one\","
            + "\"modifiedIndex\":3,\"createdIndex\":3}}\n",
        json(new KeyEvent(Action.SET, after, before, 4, false, false)));
  }

  @Test
  void anEmptyRootIsADirectoryAndNothingElse() {
    assertEquals(
        "{\"action\":\"get\",\"node\":{\"dir\":true}}\n",
        json(get(directory(KeyPath.ROOT, 0, List.of()))));
  }

  @Test
  void aListingNestsNodes() {
    NodeView leaf = file("/d/e/f", "", 5, 5);
    NodeView inner = directory(KeyPath.of("/d/e"), 5, List.of(leaf));
    NodeView outer = directory(KeyPath.of("/d"), 4, List.of(inner, file("/d/g", "x", 7, 6)));
    assertEquals(
        "{\"action\":\"get\",\"node\":{\"key\":\"/d\",\"dir\":true,\"nodes\":["
            + "{\"key\":\"/d/e\",\"dir\":true,\"nodes\":["
            + "{\"key\":\"/d/e/f\",\"value\":\"\",\"modifiedIndex\":5,\"createdIndex\":5}],"
            + "\"modifiedIndex\":5,\"createdIndex\":5},"
            + "{\"key\":\"/d/g\",\"value\":\"x\",\"modifiedIndex\":7,\"createdIndex\":6}],"
            + "\"modifiedIndex\":4,\"createdIndex\":4}}\n",
        json(get(outer)));
  }

  @Test
  void aDeletedFileHasNoValue() {
    NodeView gone =
        new NodeView(KeyPath.of("/foo"), false, Bytes.EMPTY, false, false, 0, 0, List.of(), 9, 3);
    assertEquals(
        "{\"action\":\"expire\",\"node\":{\"key\":\"/foo\",\"modifiedIndex\":9,\"createdIndex\":3},"
            + "\"prevNode\":{\"key\":\"/foo\",\"value\":\"v\","
            + "\"modifiedIndex\":3,\"createdIndex\":3}}\n",
        json(new KeyEvent(Action.EXPIRE, gone, file("/foo", "v", 3, 3), 9, false, false)));
  }

  @ParameterizedTest
  @CsvSource({"7, ',\"ttl\":7'", "0, ''", "-2, ',\"ttl\":-2'"})
  void aTtlOfZeroIsLeftOut(long ttl, String expected) {
    NodeView node =
        new NodeView(KeyPath.of("/d"), false, Bytes.EMPTY, true, true, 0, ttl, List.of(), 1, 1);
    assertEquals(
        "{\"action\":\"get\",\"node\":{\"key\":\"/d\",\"dir\":true,"
            + "\"expiration\":\"1970-01-01T00:00:00Z\""
            + expected
            + ",\"modifiedIndex\":1,\"createdIndex\":1}}\n",
        json(get(node)));
  }

  @Test
  void largeIndexesAreWrittenInFull() {
    assertEquals(
        "{\"action\":\"get\",\"node\":{\"key\":\"/a\",\"value\":\"\","
            + "\"modifiedIndex\":9223372036854775807,\"createdIndex\":1000000000000000000}}\n",
        json(get(file("/a", "", Long.MAX_VALUE, 1_000_000_000_000_000_000L))));
  }

  @Test
  void aLineOfAWatchIsTheBodyOfTheAnswer() {
    KeyEvent event = get(file("/a", "x\u2028", 5, 5));
    assertEquals(json(event), V2Json.line(event).utf8());
  }

  @Test
  void anErrorLeavesOutAnEmptyCause() {
    assertEquals(
        "{\"errorCode\":100,\"message\":\"Key not found\",\"cause\":\"/a\\\"b\",\"index\":7}\n",
        V2Json.error(V2Error.of(Code.KEY_NOT_FOUND, "/a\"b", 7)).utf8String());
    assertEquals(
        "{\"errorCode\":102,\"message\":\"Not a file\",\"index\":0}\n",
        V2Json.error(V2Error.of(Code.NOT_A_FILE, "", 0)).utf8String());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1970-01-01T00:00:00Z",
    "1, 1970-01-01T00:00:00.001Z",
    "10, 1970-01-01T00:00:00.01Z",
    "100, 1970-01-01T00:00:00.1Z",
    "120, 1970-01-01T00:00:00.12Z",
    "999, 1970-01-01T00:00:00.999Z",
    "86399999, 1970-01-01T23:59:59.999Z",
    "86400000, 1970-01-02T00:00:00Z",
    "1709210096000, 2024-02-29T12:34:56Z",
    "9223372036854, 2262-04-11T23:47:16.854Z",
    "-1, 1969-12-31T23:59:59.999Z"
  })
  void timesAreInUtcWithoutTrailingZeros(long unixMillis, String expected) {
    JsonBytes json = new JsonBytes(1);
    V2Json.timestamp(unixMillis, json);
    assertEquals(expected, json.toBytes().utf8());
  }

  @ParameterizedTest
  @CsvSource({
    "22, '\\\"'",
    "5c, '\\\\'",
    "0a0d09, '\\n\\r\\t'",
    "3c3e26, '\\u003c\\u003e\\u0026'",
    "00080c0b1f, '\\u0000\\u0008\\u000c\\u000b\\u001f'",
    "2f7f, '/\u007f'",
    "c280c29f, '\u0080\u009f'",
    "c3a9e282acf09f9880, '\u00e9\u20ac\ud83d\ude00'",
    "e280a8e280a9e280aa, '\\u2028\\u2029\u202a'",
    "efbfbd, '\ufffd'",
    "f48fbfbf, '\udbff\udfff'"
  })
  void validTextIsEscapedAsGoDoesIt(String hex, String expected) {
    assertEquals(expected, escaped(hex));
  }

  @ParameterizedTest
  @CsvSource({
    "ff, 1, ''",
    "80, 1, ''",
    "c3, 1, ''",
    "c328, 1, '('",
    "c0af, 2, ''",
    "e0809f, 3, ''",
    "e282, 2, ''",
    "eda080, 3, ''",
    "f0808080, 4, ''",
    "f4908080, 4, ''",
    "f8888080, 4, ''",
    "f09f98, 3, ''",
    "f09f9841, 3, 'A'"
  })
  void eachByteOfInvalidUtf8IsReplaced(String hex, int replaced, String rest) {
    assertEquals("\\ufffd".repeat(replaced) + rest, escaped(hex));
  }

  /** How the value of these bytes is written; the same holds for keys and causes. */
  private static String escaped(String hex) {
    Bytes bytes = Bytes.adopt(HexFormat.of().parseHex(hex));
    NodeView node =
        new NodeView(KeyPath.of("/a"), true, bytes, false, false, 0, 0, List.of(), 1, 1);
    String json = json(get(node));
    String before = "{\"action\":\"get\",\"node\":{\"key\":\"/a\",\"value\":\"";
    String after = "\",\"modifiedIndex\":1,\"createdIndex\":1}}\n";
    String inside = json.substring(before.length(), json.length() - after.length());
    assertEquals(before + inside + after, json);
    return inside;
  }

  private static String json(KeyEvent event) {
    return V2Json.event(event).utf8String();
  }

  private static KeyEvent get(NodeView node) {
    return new KeyEvent(Action.GET, node, null, 10, false, false);
  }

  private static NodeView file(String key, String value, long modified, long created) {
    return new NodeView(
        KeyPath.of(key), true, Bytes.utf8(value), false, false, 0, 0, List.of(), modified, created);
  }

  private static NodeView directory(KeyPath key, long index, List<NodeView> nodes) {
    return new NodeView(key, false, Bytes.EMPTY, true, false, 0, 0, nodes, index, index);
  }
}
