package io.conclave.http.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.conclave.http.RequestTarget;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.V2Error;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.core.Bytes;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms, queries, paths and how large they may be (spec v2-keys §2, §18, §20). */
final class KeyFormTest {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final KeyLimits LIMITS = new KeyLimits(64, 20, 4, 8);

  private final KeyRequestParser parser = new KeyRequestParser(LIMITS);

  @Test
  void theBodyComesBeforeTheQueryAndTheFirstValueCounts() {
    assertEquals(value("one"), put("/v2/keys/a?value=three", FORM, "value=one&value=two"));
    assertEquals(value("three"), put("/v2/keys/a?value=three&value=four", FORM, "Value=one"));
    assertEquals(value(""), put("/v2/keys/a?value=three", FORM, "value"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "APPLICATION/X-WWW-Form-Urlencoded",
        " application/x-www-form-urlencoded ; charset=utf-8",
        "application/x-www-form-urlencoded;charset=\"utf-8\"; a=b",
        "application/x-www-form-urlencoded;",
        "application/x-www-form-urlencoded ; "
      })
  void whatIsAForm(String contentType) {
    assertEquals(value("x"), put("/v2/keys/a", contentType, "value=x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "text/plain", "application/json", "multipart/form-data; boundary=b"})
  void anyOtherBodyIsIgnored(String contentType) {
    assertEquals(value(""), put("/v2/keys/a", contentType, "value=x&%zz"));
  }

  @ParameterizedTest
  @MethodSource("badContentTypes")
  void whatIsNoContentType(String contentType, String cause) {
    assertEquals(
        V2Error.of(Code.INVALID_FORM, cause, 0),
        error(parse(KeyMethod.PUT, "/v2/keys/a", contentType, "value=x")));
  }

  static Stream<Arguments> badContentTypes() {
    return Stream.of(
        bad(";;", "mime: no media type"),
        bad(" ", "mime: no media type"),
        bad("a/b; c", "mime: invalid media parameter"),
        bad("a/b; c=", "mime: invalid media parameter"),
        bad("a/b; c=\"d", "mime: invalid media parameter"),
        bad("a/b; c=d e", "mime: invalid media parameter"),
        bad("a/b; c=d; C=e", "mime: duplicate parameter name"),
        bad("a b", "mime: expected slash after first token"),
        bad("a/", "mime: expected token after slash"),
        bad("a/b, c/d", "mime: unexpected content after media subtype"));
  }

  @ParameterizedTest
  @EnumSource(names = {"GET", "HEAD", "DELETE"})
  void otherMethodsReadNoBody(KeyMethod method) {
    KeyRequest without = parse(method, "/v2/keys/a", "", "");
    assertEquals(without, parse(method, "/v2/keys/a", FORM, "prevValue=x&recursive=1&%zz"));
    assertEquals(without, parse(method, "/v2/keys/a", ";;", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "value=a+b, 612062",
    "value=a%20b, 612062",
    "value=a%2Bb, 612b62",
    "value=%ff%00, ff00",
    "value=%C3%a9, c3a9",
    "value=a=b, 613d62",
    "v%61lue=x, 78",
    "&&=x&value=1&&, 31"
  })
  void pairsAreDecodedToBytes(String form, String hex) {
    Bytes expected = Bytes.adopt(HexFormat.of().parseHex(hex));
    assertEquals(expected, put("/v2/keys/a", FORM, form));
    assertEquals(expected, put("/v2/keys/a?" + form, "", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "value=%zz, invalid URL escape \"%zz\"",
    "value=%, invalid URL escape \"%\"",
    "value=%4, invalid URL escape \"%4\"",
    "value=%20%4gx, invalid URL escape \"%4g\"",
    "%\"=x, invalid URL escape \"%\\\"\"",
    "x=%zz&value=%yy, invalid URL escape \"%zz\"",
    "value=a;b=c, invalid semicolon separator in query",
    "x=%zz&value=a;b, invalid semicolon separator in query"
  })
  void whatCannotBeDecodedIsRefused(String pairs, String cause) {
    V2Error expected = V2Error.of(Code.INVALID_FORM, cause, 0);
    assertEquals(expected, error(parse(KeyMethod.PUT, "/v2/keys/a", FORM, pairs)));
    assertEquals(expected, error(parse(KeyMethod.GET, "/v2/keys/a?" + pairs, "", "")));
  }

  @Test
  void theBodysProblemIsToldBeforeTheQuerys() {
    assertEquals(
        V2Error.of(Code.INVALID_FORM, "invalid URL escape \"%yy\"", 0),
        error(parse(KeyMethod.PUT, "/v2/keys/a?x=1;y=%zz", FORM, "value=%yy")));
    assertEquals(
        V2Error.of(Code.INVALID_FORM, "mime: no media type", 0),
        error(parse(KeyMethod.PUT, "/v2/keys/a?x=%zz", ";;", "")));
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/keys, ''",
    "/v2/keys/, ''",
    "/v2/keys/a/b/, 2f612f62",
    "/v2/keys%2Fa%2Fb, 2f612f62",
    "/v2/keys/a+b, 2f612b62",
    "/v2/keys/%2525, 2f253235",
    "/v2/keys/%00%0a%ff%3f%23%3b, 2f000aff3f233b",
    "/v2/keys/.../..a/.x, 2f2e2e2e2f2e2e612f2e78"
  })
  void thePathBelowThePrefixIsTheKey(String target, String hex) {
    KeyPath expected = KeyPath.of(Bytes.adopt(HexFormat.of().parseHex(hex)));
    assertEquals(
        new KeyRequest.Get(expected, false, false, false), parse(KeyMethod.GET, target, "", ""));
  }

  @Test
  void aFormMayBeSoLarge() {
    String fits = "value=1&x=" + "y".repeat(LIMITS.formBytesMax() - 10);
    assertEquals(value("1"), put("/v2/keys/a", FORM, fits));
    assertEquals(
        V2Error.of(Code.INVALID_FORM, "http: POST too large", 0),
        error(parse(KeyMethod.PUT, "/v2/keys/a", FORM, fits + "y")));
  }

  @Test
  void aKeyMayBeSoLong() {
    String fits = "/v2/keys/" + "%41".repeat(LIMITS.keyBytesMax() - 1);
    assertInstanceOf(KeyRequest.Get.class, parse(KeyMethod.GET, fits, "", ""));
    assertEquals(
        V2Error.of(Code.INVALID_FIELD, "the key has 21 bytes, the limit is 20", 0),
        error(parse(KeyMethod.GET, fits + "A", "", "")));
  }

  @Test
  void aKeyMayBeSoDeep() {
    assertInstanceOf(KeyRequest.Get.class, parse(KeyMethod.GET, "/v2/keys/a/b/c/d/", "", ""));
    assertEquals(
        V2Error.of(Code.INVALID_FIELD, "the key has 5 components, the limit is 4", 0),
        error(parse(KeyMethod.GET, "/v2/keys/a/b/c/d/e", "", "")));
  }

  @Test
  void aValueMayBeSoLarge() {
    assertEquals(value("12345678"), put("/v2/keys/a", FORM, "value=%312345678"));
    assertEquals(
        V2Error.of(Code.INVALID_FIELD, "the value has 9 bytes, the limit is 8", 0),
        error(parse(KeyMethod.PUT, "/v2/keys/a", FORM, "value=123456789")));
  }

  @Test
  void ourLimitsHideNoErrorOfEtcds() {
    assertEquals(
        Code.TTL_NOT_A_NUMBER,
        error(parse(KeyMethod.PUT, "/v2/keys/a/b/c/d/e?ttl=x&value=123456789", "", "")).code());
  }

  private KeyRequest parse(KeyMethod method, String target, String contentType, String body) {
    RequestTarget parsed = RequestTarget.parse(target).orElseThrow();
    return parser.parse(method, parsed, contentType, Bytes.utf8(body));
  }

  /** The value that a PUT stores. */
  private Bytes put(String target, String contentType, String body) {
    KeyRequest request = parse(KeyMethod.PUT, target, contentType, body);
    Command command = assertInstanceOf(KeyRequest.Write.class, request).command();
    return assertInstanceOf(Command.Set.class, command).value();
  }

  private static Bytes value(String text) {
    return Bytes.utf8(text);
  }

  private static V2Error error(KeyRequest request) {
    return assertInstanceOf(KeyRequest.Invalid.class, request).error();
  }

  private static Arguments bad(String type, String cause) {
    return Arguments.of(type, cause);
  }
}
