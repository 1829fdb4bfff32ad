package io.conclave.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.raft.core.Bytes;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Request targets as they come over the wire (spec v2-keys §18). */
final class RequestTargetTest {
  @Test
  void theFirstQuestionMarkBeginsTheQuery() {
    assertEquals(target("/a", "b?c=%zz"), RequestTarget.parse("/a?b?c=%zz"));
    assertEquals(target("/a?b", ""), RequestTarget.parse("/a%3Fb"));
    assertEquals(target("/a", ""), RequestTarget.parse("/a?"));
  }

  @ParameterizedTest
  @CsvSource({
    "/a%2Fb, 2f612f62",
    "/a%2fb, 2f612f62",
    "/%2525, 2f253235",
    "/%00%ff, 2f00ff",
    "/a+b, 2f612b62",
    "/\u00c3\u00a9, 2fc3a9"
  })
  void thePathIsDecodedOnceToRawBytes(String raw, String hex) {
    Bytes path = Bytes.adopt(HexFormat.of().parseHex(hex));
    assertEquals(Optional.of(new RequestTarget(path, "")), RequestTarget.parse(raw));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%", "/%4", "/%zz", "/%4g", "/%\u0664\u0661", "/a%2", "/%+1"})
  void aBadEscapeIsNoTarget(String raw) {
    assertEquals(Optional.empty(), RequestTarget.parse(raw));
  }

  @ParameterizedTest
  @CsvSource({
    "http://host/v2/keys/a?b, /v2/keys/a, b",
    "http://other:80/, /, ''",
    "http://host, '', ''",
    "http://host?b, '', b",
    "/http://x, /http://x, ''",
    "*, *, ''"
  })
  void theAuthorityOfAnAbsoluteTargetIsIgnored(String raw, String path, String query) {
    assertEquals(target(path, query), RequestTarget.parse(raw));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/a", "/a/", "/a/b", "/...", "/..a/b", "/.x/", "/a./b..", "*", "/a%2Fb"})
  void whatIsClean(String raw) {
    assertEquals(Optional.of(true), RequestTarget.parse(raw).map(RequestTarget::isClean));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//",
        "/a//",
        "//a",
        "/a//b",
        "/.",
        "/..",
        "/a/.",
        "/a/..",
        "/a/./b",
        "/a/../b",
        "/%2e%2e/a",
        "/a%2F%2Fb",
        "/%2e",
        "http://host",
        "a",
        "**"
      })
  void whatIsNotClean(String raw) {
    assertEquals(Optional.of(false), RequestTarget.parse(raw).map(RequestTarget::isClean));
  }

  private static Optional<RequestTarget> target(String path, String query) {
    return Optional.of(new RequestTarget(Bytes.utf8(path), query));
  }
}
