package io.conclave.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlaceholdersTest {
  private final IndexOffsets indexes = new IndexOffsets(10);
  private final Placeholders placeholders =
      new Placeholders(URI.create("http://127.0.0.1:1"), URI.create("http://127.0.0.1:2"), indexes);

  @Test
  void indexesAreOffsetsFromTheStart() {
    assertEquals("wait=true&waitIndex=13", placeholders.fill("wait=true&waitIndex=<idx:+3>"));
    assertEquals("/q/00000000000000000012", placeholders.fill("/q/<idx20:+2>"));
    assertEquals("<idx:+2>", placeholders.header("X-Etcd-Index", "12"));
    assertEquals("0", placeholders.header("X-Etcd-Index", "0"));
    assertEquals("/q/<idx20:+2>", placeholders.text("/q/00000000000000000012"));
  }

  @Test
  void aWriteThatDidNotHappenLeavesAHoleInTheOffsets() {
    indexes.skip(2);
    assertEquals(11, indexes.indexAt(1));
    assertEquals(12, indexes.indexAt(3));
    assertEquals(1, indexes.offsetOf(11));
    assertEquals(3, indexes.offsetOf(12));
    indexes.skip(4);
    assertEquals(13, indexes.indexAt(5));
    assertEquals(5, indexes.offsetOf(13));
  }

  @Test
  void membersAreNumberedAsTheyAppearInHexAndInDecimal() {
    assertEquals(
        "{\"id\":\"<memberId:1>\",\"leader\":\"<memberId:2>\"}",
        normalize("{\"id\":\"ce2a822cea30bfca\",\"leader\":\"8e9e05c52164694d\"}"));
    assertEquals("{\"id\":<memberIdDec:2>}", normalize("{\"id\":10276657743932975437}"));
    assertEquals("/v2/members/8e9e05c52164694d", placeholders.fill("/v2/members/<memberId:2>"));
    assertEquals("no member <memberId:1>", placeholders.text("no member ce2a822cea30bfca"));
    assertEquals(
        "{\"followers\":{\"<memberId:2>\":1}}",
        normalize("{\"followers\":{\"8e9e05c52164694d\":1}}"));
  }

  @Test
  void membersOutOfOrderAreComplainedAbout() {
    normalize("{\"members\":[{\"id\":\"ce2a822cea30bfca\"},{\"id\":\"8e9e05c52164694d\"}]}");
    assertEquals(List.of("members are not sorted by id"), placeholders.takeNotes());
    normalize("{\"members\":[{\"id\":\"8e9e05c52164694d\"},{\"id\":\"ce2a822cea30bfca\"}]}");
    assertEquals(List.of(), placeholders.takeNotes());
  }

  @Test
  void anotherClusterIdIsNoPlaceholder() {
    assertEquals("<clusterId>", placeholders.header("X-Etcd-Cluster-Id", "7e27652122e8b2ae"));
    assertEquals("7e27652122e8b2af", placeholders.header("X-Etcd-Cluster-Id", "7e27652122e8b2af"));
    assertEquals("NOT HEX", placeholders.header("X-Etcd-Cluster-Id", "NOT HEX"));
  }

  @Test
  void causesNameIndexesOfTheServerAndThoseOfTheRequest() {
    GoldenStep.Request byOffset = request("/v2/keys/a?prevIndex=<idx:+1>");
    assertEquals("[<idx:+1> != <idx:+2>]", placeholders.cause("[11 != 12]", byOffset));
    GoldenStep.Request literal = request("/v2/keys/a?prevIndex=11");
    assertEquals("[11 != <idx:+2>]", placeholders.cause("[11 != 12]", literal));
    assertEquals("[11 != 12]", placeholders.cause("[11 != 12]", request("/v2/keys/a")));
    assertEquals(
        "the requested history has been cleared [<idx:+1>/5]",
        placeholders.cause("the requested history has been cleared [11/5]", literal));
  }

  @Test
  void timesCountersAndUrlsAreReplacedButNotValues() {
    assertEquals(
        "{\"value\":\"http://127.0.0.1:1\",\"expiration\":\"<time>\",\"ttl\":<ttl:3>,"
            + "\"url\":\"<clientURL>\",\"modifiedIndex\":<idx:+1>,\"createdIndex\":0}",
        normalize(
            "{\"value\":\"http://127.0.0.1:1\",\"expiration\":\"2026-01-02T03:04:05.67Z\","
                + "\"ttl\":3,\"url\":\"http://127.0.0.1:1\",\"modifiedIndex\":11,"
                + "\"createdIndex\":0}"));
    assertEquals(
        "{\"expiration\":\"2026-01-02 03:04\"}",
        normalize("{\"expiration\":\"2026-01-02 03:04\"}"));
    normalize("{\"getsSuccess\":5,\"setsFail\":7}");
    assertEquals(
        "{\"getsSuccess\":<n>,\"setsFail\":<stat:+2>}",
        normalize("{\"getsSuccess\":9,\"setsFail\":9}"));
  }

  @Test
  void onlyListsThatMayComeInAnyOrderAreSorted() {
    String body = "{\"nodes\":[{\"key\":\"/b\"},{\"key\":\"/a\"}]}";
    GoldenStep.Request ordered = request("/");
    assertEquals(body, new BodyNormalizer(placeholders, ordered).normalize(body));
    assertEquals("{\"nodes\":[{\"key\":\"/a\"},{\"key\":\"/b\"}]}", normalize(body));
  }

  @Test
  void textThatIsNotCompactJsonIsTreatedAsText() {
    assertEquals("{ \"modifiedIndex\": 11 }", normalize("{ \"modifiedIndex\": 11 }"));
    assertEquals("404 page not found\n", normalize("404 page not found\n"));
    assertEquals("{\"modifiedIndex\":<idx:+1>}\n", normalize("{\"modifiedIndex\":11}\n"));
    assertTrue(normalize("").isEmpty());
  }

  private String normalize(String body) {
    GoldenStep.Request unordered =
        new GoldenStep.Request(
            "GET",
            "/",
            List.of(),
            Optional.empty(),
            Optional.empty(),
            "",
            0,
            false,
            true,
            Optional.empty());
    return new BodyNormalizer(placeholders, unordered).normalize(body);
  }

  private static GoldenStep.Request request(String path) {
    return new GoldenStep.Request(
        "GET",
        path,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        "",
        0,
        false,
        false,
        Optional.empty());
  }
}
