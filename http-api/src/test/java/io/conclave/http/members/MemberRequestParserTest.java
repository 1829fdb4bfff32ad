package io.conclave.http.members;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.http.members.MemberRequest.Add;
import io.conclave.http.members.MemberRequest.Invalid;
import io.conclave.http.members.MemberRequest.Remove;
import io.conclave.http.members.MemberRequest.Update;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that change members, and the order in which they are found wrong. */
final class MemberRequestParserTest {
  private static final String JSON = "application/json";
  private static final String URLS = "{\"peerURLs\":[\"http://a:1\"]}";

  @Test
  void urlsAreSortedAndKeptTwice() {
    assertEquals(
        new Add(List.of("http://b:3", "http://b:3", "http://z:9")),
        add("{\"peerURLs\":[\"http://z:9\",\" http://b:3\",\"HTTP://b:3\"]}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " { \"PEERurls\" : [ \"http://a:1\" ] } ",
        "{\"name\":\"ignored\",\"peerURLs\":[\"http://a:1\"],\"clientURLs\":[\"x\"],\"id\":{}}",
        "{\"peerURLs\":[\"http://other:1\"],\"peerurls\":[\"http://a:1\"]}",
        "{\"peerURLs\":[\"\\u0068ttp://a:1\"]}"
      })
  void namesMayBeInAnyCaseAndOthersDontCount(String body) {
    assertEquals(new Add(List.of("http://a:1")), add(body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | unexpected end of JSON input",
        "` ` | unexpected end of JSON input",
        "{ | unexpected end of JSON input",
        "{\"peerURLs\":[\"http:// | unexpected end of JSON input",
        "x | invalid character 'x' looking for beginning of value",
        "}{ | invalid character '}' looking for beginning of value",
        "[] | an array in place of an object with peerURLs",
        "1 | a number in place of an object with peerURLs",
        "{\"peerURLs\":\"x\"} | a string in place of the array peerURLs",
        "{\"peerURLs\":{},\"peerurls\":[]} | an object in place of the array peerURLs",
        "{\"peerURLs\":[1]} | a number in place of a URL in peerURLs",
        "{\"peerURLs\":[true]} | a boolean in place of a URL in peerURLs",
        "null | no valid URLs given",
        "{} | no valid URLs given",
        "{\"peerURLs\":null} | no valid URLs given",
        "{\"peerURLs\":[]} | no valid URLs given",
        "{\"peerURLs\":[null]} | `URL scheme must be http or https: `",
        "{\"peerURLs\":[\".\"]} | URL scheme must be http or https: .",
        "{\"peerURLs\":[\"a:1\"]} | URL scheme must be http or https: a:1",
        "{\"peerURLs\":[\"ftp://a:1\"]} | URL scheme must be http or https: ftp://a:1",
        "{\"peerURLs\":[\"http://a:1/\"]} | URL must not contain a path: http://a:1/",
        "{\"peerURLs\":[\"http://a\"]}"
            + " | URL address does not have the form \"host:port\": http://a",
        "{\"peerURLs\":[\"http://a:1:2\"]}"
            + " | URL address does not have the form \"host:port\": http://a:1:2",
        "{\"peerURLs\":[\"http://ok:1\",\"bad\"]} | URL scheme must be http or https: bad",
      })
  void aBodyIsRefused(String body, String message) {
    Invalid expected = new Invalid(400, message);
    assertEquals(expected, add(body));
    assertEquals(expected, MemberRequestParser.update("1", JSON, Bytes.utf8(body)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"peerURLs\":[\"http://a:1\"]} x",
        "{\"peerURLs\":[\"http://a:1\"]}{}",
        "{'peerURLs':[]}",
        "{\"peerURLs\":[\"\u0001\"]}",
        "tru",
        "[[["
      })
  void whatIsNoJsonIsRefused(String body) {
    assertEquals(400, ((Invalid) add(body)).status());
  }

  @Test
  void deepNestingIsRefused() {
    assertEquals(400, ((Invalid) add("[".repeat(50_000))).status());
  }

  @Test
  void aBodyHasAMostLength() {
    String blanks = " ".repeat(MemberRequestParser.BODY_BYTES_MAX - URLS.length());
    assertEquals(new Add(List.of("http://a:1")), add(URLS + blanks));
    assertEquals(
        new Invalid(413, "the request body is larger than 65536 bytes"), add(URLS + blanks + " "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/x-www-form-urlencoded"
      })
  void theContentTypeIsExactlyJson(String type) {
    Invalid expected = new Invalid(415, "Bad Content-Type " + type + ", accept application/json");
    assertEquals(expected, MemberRequestParser.add(type, Bytes.utf8("x")));
    assertEquals(expected, MemberRequestParser.update("1", type, Bytes.utf8("x")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"xyz", "-1", "+1", "0x1", "11112222333344445", "1/", "leader"})
  void anIdIsReadFirst(String id) {
    Invalid expected = new Invalid(404, "No such member: " + id);
    assertEquals(expected, MemberRequestParser.update(id, "", Bytes.utf8("x")));
    assertEquals(expected, MemberRequestParser.remove(id));
  }

  @Test
  void anIdIsHexOfEitherCase() {
    MemberId id = new MemberId(0x8e9e05c52164694dL);
    assertEquals(new Remove(id), MemberRequestParser.remove("8E9E05c52164694d"));
    assertEquals(
        new Update(id, List.of("http://a:1")),
        MemberRequestParser.update("08e9e05c52164694d", JSON, Bytes.utf8(URLS)));
  }

  private static MemberRequest add(String body) {
    return MemberRequestParser.add(JSON, Bytes.utf8(body));
  }
}
