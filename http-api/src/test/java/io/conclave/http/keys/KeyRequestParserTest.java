package io.conclave.http.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.conclave.http.RequestTarget;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.keyspace.tree.V2Error;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.core.Bytes;
import io.conclave.watch.WatchQuery;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which operation a request becomes, and which check fails first (spec v2-keys §2 to §4). */
final class KeyRequestParserTest {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final KeyPath KEY = KeyPath.of("/foo");
  private static final Bytes VALUE = Bytes.utf8("bar");

  private final KeyRequestParser parser =
      new KeyRequestParser(new KeyLimits(10 << 20, 1 << 20, 1000, 10 << 20));

  @Test
  void headIsALocalGetWhateverQuorumSays() {
    assertEquals(
        new KeyRequest.Get(KEY, true, true, false),
        parse(KeyMethod.HEAD, "/v2/keys/foo?recursive=true&sorted=true&quorum=true"));
  }

  @Test
  void quorumOutdoesWait() {
    assertEquals(
        new KeyRequest.Get(KEY, false, false, true),
        parse(KeyMethod.GET, "/v2/keys/foo?wait=true&quorum=true"));
  }

  @Test
  void waitIsAWatch() {
    assertEquals(
        new KeyRequest.Watch(new WatchQuery(KEY, true, true, 7)),
        parse(KeyMethod.GET, "/v2/keys/foo?wait=true&recursive=true&stream=true&waitIndex=7"));
    assertEquals(
        new KeyRequest.Watch(new WatchQuery(KeyPath.ROOT, false, false, 0)),
        parse(KeyMethod.GET, "/v2/keys?wait=true&waitIndex=0"));
  }

  @Test
  void streamWithoutWaitIsAGet() {
    assertEquals(
        new KeyRequest.Get(KEY, false, false, false),
        parse(KeyMethod.GET, "/v2/keys/foo?stream=true&waitIndex=3"));
  }

  @Test
  void postIgnoresConditions() {
    assertEquals(
        new Command.CreateInOrder(KEY, VALUE, true, new Ttl.Seconds(5)),
        command(KeyMethod.POST, "prevExist=true&prevValue=x&prevIndex=3&value=bar&dir=1&ttl=5"));
  }

  @Test
  void prevExistDecidesBetweenSetUpdateAndCreate() {
    assertEquals(new Command.Set(KEY, VALUE, false, Ttl.PERMANENT, false), put("value=bar"));
    assertEquals(
        new Command.Update(KEY, VALUE, false, Ttl.PERMANENT, false),
        put("value=bar&prevExist=true&prevIndex=0"));
    assertEquals(
        new Command.Create(KEY, VALUE, true, Ttl.PERMANENT),
        put("value=bar&dir=true&prevExist=false&prevValue=x&prevIndex=9"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&prevExist=true"})
  void aConditionMakesACompareAndSwap(String prevExist) {
    assertEquals(
        swap(Command.Condition.value(Bytes.utf8("x"))), put("value=bar&prevValue=x" + prevExist));
    assertEquals(swap(Command.Condition.index(9)), put("value=bar&prevIndex=9" + prevExist));
    assertEquals(
        swap(new Command.Condition(true, Bytes.utf8("x"), 9)),
        put("value=bar&prevIndex=9&prevValue=x" + prevExist));
  }

  @Test
  void refreshKeepsItsPlaceInEachPut() {
    Ttl ttl = new Ttl.Seconds(5);
    assertEquals(
        new Command.Set(KEY, Bytes.EMPTY, false, ttl, true), put("refresh=true&ttl=5&value="));
    assertEquals(
        new Command.Update(KEY, Bytes.EMPTY, false, ttl, true),
        put("refresh=true&ttl=5&prevExist=true"));
    assertEquals(
        new Command.CompareAndSwap(KEY, Bytes.EMPTY, false, ttl, true, Command.Condition.index(3)),
        put("refresh=true&ttl=5&prevIndex=3"));
  }

  @Test
  void aConditionMakesADeleteACompareAndDelete() {
    assertEquals(
        new KeyRequest.Write(new Command.Delete(KEY, true, true)),
        parse(KeyMethod.DELETE, "/v2/keys/foo?dir=true&recursive=true&prevExist=true"));
    assertEquals(
        new KeyRequest.Write(
            new Command.CompareAndDelete(KEY, new Command.Condition(true, VALUE, 4))),
        parse(KeyMethod.DELETE, "/v2/keys/foo?prevValue=bar&prevIndex=4&recursive=true"));
  }

  @Test
  void theFirstFailingCheckWins() {
    List<Failing> inOrder =
        List.of(
            new Failing("x=%zz", Code.INVALID_FORM, "invalid URL escape \"%zz\""),
            index("prevIndex"),
            index("waitIndex"),
            flag("recursive"),
            flag("sorted"),
            flag("wait"),
            flag("dir"),
            flag("quorum"),
            flag("stream"),
            new Failing(
                "wait=true", Code.INVALID_FIELD, "\"wait\" can only be used with GET requests"),
            new Failing("prevValue=", Code.PREV_VALUE_REQUIRED, "\"prevValue\" cannot be empty"),
            new Failing("ttl=x", Code.TTL_NOT_A_NUMBER, "invalid value for \"ttl\""),
            new Failing("prevExist=x", Code.INVALID_FIELD, "invalid value for prevExist"),
            new Failing("refresh=x", Code.INVALID_FIELD, "invalid value for refresh"),
            new Failing(
                "refresh=true&value=v", Code.REFRESH_VALUE, "A value was provided on a refresh"),
            new Failing("refresh=true", Code.REFRESH_TTL_REQUIRED, "No TTL value set"));
    for (KeyMethod method : List.of(KeyMethod.PUT, KeyMethod.POST, KeyMethod.DELETE)) {
      for (int first = 0; first < inOrder.size(); first++) {
        List<String> failing = inOrder.stream().skip(first).map(Failing::pair).toList();
        Failing expected = inOrder.get(first);
        assertEquals(
            V2Error.of(expected.code, expected.cause, 0),
            error(parse(method, "/v2/keys/foo?" + String.join("&", failing))),
            method + " from " + expected.pair);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD, ttl=x, TTL_NOT_A_NUMBER",
    "GET, ttl=x, TTL_NOT_A_NUMBER",
    "GET, prevExist=x, INVALID_FIELD",
    "GET, refresh=true, REFRESH_TTL_REQUIRED",
    "DELETE, refresh=true, REFRESH_TTL_REQUIRED",
    "HEAD, wait=true, INVALID_FIELD",
    "POST, waitIndex=x, INDEX_NOT_A_NUMBER"
  })
  void whatAMethodDoesNotUseIsCheckedAllTheSame(KeyMethod method, String query, Code expected) {
    assertEquals(expected, error(parse(method, "/v2/keys/foo?" + query)).code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "t", "T", "TRUE", "true", "True"})
  void wordsForTrue(String word) {
    assertEquals(
        new KeyRequest.Get(KEY, true, false, false),
        parse(KeyMethod.GET, "/v2/keys/foo?recursive=" + word));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "f", "F", "FALSE", "false", "False"})
  void wordsForFalse(String word) {
    assertEquals(
        new KeyRequest.Get(KEY, false, false, false),
        parse(KeyMethod.GET, "/v2/keys/foo?recursive=" + word));
  }

  @ParameterizedTest
  @ValueSource(strings = {"=", "", "=yes", "=2", "=tRUE", "=true+", "=%FF"})
  void whatIsNoBoolean(String given) {
    assertEquals(
        V2Error.of(Code.INVALID_FIELD, "invalid value for \"recursive\"", 0),
        error(parse(KeyMethod.GET, "/v2/keys/foo?recursive" + given)));
    assertEquals(
        V2Error.of(Code.INVALID_FIELD, "invalid value for prevExist", 0),
        error(parse(KeyMethod.PUT, "/v2/keys/foo?prevExist" + given)));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "007, 7", "9223372036854775808, -9223372036854775808"})
  void whatIsAnUnsignedNumber(String given, long bits) {
    assertEquals(
        new KeyRequest.Watch(new WatchQuery(KEY, false, false, bits)),
        parse(KeyMethod.GET, "/v2/keys/foo?wait=1&waitIndex=" + given));
  }

  @Test
  void theLargestNumberIsTwoToThe64MinusOne() {
    assertEquals(
        swap(Command.Condition.index(-1)), put("value=bar&prevIndex=18446744073709551615"));
    assertEquals(
        Code.INDEX_NOT_A_NUMBER,
        error(parse(KeyMethod.PUT, "/v2/keys/foo?prevIndex=18446744073709551616")).code());
    assertEquals(
        Code.INDEX_NOT_A_NUMBER,
        error(parse(KeyMethod.PUT, "/v2/keys/foo?prevIndex=20000000000000000000")).code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", "%2B1", "1+", "0x1", "1_0", "1.0", "1e3", "%d9%a1"})
  void whatIsNoNumber(String given) {
    assertEquals(
        V2Error.of(Code.INDEX_NOT_A_NUMBER, "invalid value for \"prevIndex\"", 0),
        error(parse(KeyMethod.PUT, "/v2/keys/foo?prevIndex=" + given)));
  }

  @Test
  void anEmptyTtlIsNone() {
    assertEquals(new Command.Set(KEY, VALUE, false, Ttl.PERMANENT, false), put("value=bar&ttl="));
    assertEquals(
        new Command.Set(KEY, VALUE, false, new Ttl.Seconds(0), false), put("value=bar&ttl=0"));
    assertEquals(
        V2Error.of(Code.TTL_NOT_A_NUMBER, "invalid value for \"ttl\"", 0),
        error(parse(KeyMethod.PUT, "/v2/keys/foo?ttl=-1")));
  }

  private KeyRequest parse(KeyMethod method, String target) {
    return parser.parse(method, RequestTarget.parse(target).orElseThrow(), "", Bytes.EMPTY);
  }

  private Command put(String form) {
    return command(KeyMethod.PUT, form);
  }

  private Command command(KeyMethod method, String form) {
    RequestTarget target = RequestTarget.parse("/v2/keys/foo").orElseThrow();
    KeyRequest request = parser.parse(method, target, FORM, Bytes.utf8(form));
    return assertInstanceOf(KeyRequest.Write.class, request).command();
  }

  private static Command swap(Command.Condition condition) {
    return new Command.CompareAndSwap(KEY, VALUE, false, Ttl.PERMANENT, false, condition);
  }

  private static V2Error error(KeyRequest request) {
    return assertInstanceOf(KeyRequest.Invalid.class, request).error();
  }

  private static Failing index(String name) {
    return new Failing(name + "=x", Code.INDEX_NOT_A_NUMBER, invalid(name));
  }

  private static Failing flag(String name) {
    return new Failing(name + "=x", Code.INVALID_FIELD, invalid(name));
  }

  private static String invalid(String name) {
    return "invalid value for \"" + name + "\"";
  }

  /** What goes wrong with one parameter. */
  private record Failing(String pair, Code code, String cause) {}
}
