package io.conclave.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AnswerTest {
  private static final String HEADERS = ",\"headers\":{\"Allow\":\"GET\"}";

  @Test
  void theSameAnswerHasNoDifferences() {
    Answer answer = recorded("\"status\":200" + HEADERS + ",\"body\":\"{\\\"a\\\":<ttl:5>}\\n\"");
    assertEquals(List.of(), answer.differences(answer, Set.of(), 0));
  }

  @Test
  void everyKindOfDifferenceIsNamed() {
    Answer want = recorded("\"status\":200" + HEADERS + ",\"body\":\"x\"");
    Answer got = recorded("\"status\":404,\"body\":\"y\"");
    assertEquals(
        List.of(
            "status: 404, expected 200",
            "header allow: absent, expected GET",
            "body is y, expected x"),
        want.differences(got, Set.of(), 0));
    assertEquals(2, want.differences(got, Set.of("allow"), 0).size());
    assertEquals("header allow: GET, expected absent", got.differences(want, Set.of(), 0).get(1));
  }

  @Test
  void placesInABodyAreNamed() {
    assertEquals(
        List.of(
            "body lacks b",
            "body has unexpected c",
            "body/a[0]: 2, expected 1",
            "body/d: 2 elements, expected 1"),
        bodies("{\"a\":[1],\"b\":2,\"d\":[1]}", "{\"a\":[2],\"c\":2,\"d\":[1,1]}"));
    assertEquals(
        List.of("body has its fields in the order [b, a], expected [a, b]"),
        bodies("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"));
  }

  @Test
  void spellingCountsToo() {
    assertEquals(1, bodies("{\"a\":1}\n", "{\"a\":1}").size());
    assertEquals(1, bodies("\"\\u003c\"", "\"<\"").size());
  }

  @Test
  void aTimeToLiveMayBeASecondOff() {
    assertEquals(List.of(), bodies("[<ttl:5>,<ttl:9>]", "[<ttl:4>,<ttl:10>]"));
    assertEquals(1, bodies("[<ttl:5>,<ttl:9>]", "[<ttl:3>,<ttl:9>]").size());
    assertEquals(1, bodies("[<ttl:5>]", "[5]").size());
  }

  @Test
  void aSlowReplayMaySeeLessTimeLeftButNotMore() {
    assertEquals(List.of(), BodyDifference.between("[<ttl:9>]", "[<ttl:5>]", 3));
    assertEquals(1, BodyDifference.between("[<ttl:9>]", "[<ttl:4>]", 3).size());
    assertEquals(1, BodyDifference.between("[<ttl:9>]", "[<ttl:11>]", 3).size());
    assertEquals(List.of(), BodyDifference.between("[<ttl:9>]", "[<ttl:8>]", -2));
  }

  @Test
  void aSummaryMayHaveMoreButNotLess() {
    Answer want = recorded("\"status\":200,\"bodySummary\":[\"a\",\"b\"]");
    Answer more = recorded("\"status\":200,\"bodySummary\":[\"a\",\"b\",\"c\"]");
    assertEquals(List.of(), want.differences(more, Set.of(), 0));
    assertEquals(List.of("body lacks c"), more.differences(want, Set.of(), 0));
  }

  @Test
  void anExpirationMustFitItsTimeToLive() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    String fits = "{\"node\":{\"expiration\":\"2026-01-01T00:00:05.5Z\",\"ttl\":6}}";
    String wrong = "{\"nodes\":[{\"expiration\":\"2026-01-01T01:00:05Z\",\"ttl\":5}]}";
    assertEquals(List.of(), ExpirationCheck.complaints(fits, now));
    assertEquals(1, ExpirationCheck.complaints(wrong, now).size());
    assertTrue(ExpirationCheck.complaints("no JSON", now).isEmpty());
  }

  private static List<String> bodies(String want, String got) {
    return Answer.line(want, false).differences(Answer.line(got, false), Set.of(), 0);
  }

  private static Answer recorded(String fields) {
    return Answer.recorded((Json.Obj) JsonParser.parse("{" + fields + "}"));
  }
}
