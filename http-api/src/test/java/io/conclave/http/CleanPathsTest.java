package io.conclave.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.CompletableFuture;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where unclean paths lead (spec v2-keys §18). */
final class CleanPathsTest {
  private final CleanPaths paths =
      new CleanPaths((request, target) -> Responses.now(Responses.empty(204)));

  @Test
  void aCleanPathIsPassedOn() {
    assertEquals(204, answer(HttpRequest.GET("/"), "/v2/keys/.../a/").status().intValue());
  }

  @ParameterizedTest
  @CsvSource({
    "//, /",
    "//v2//keys, /v2/keys",
    "/a//, /a/",
    "/a/./b, /a/b",
    "/a/../b, /b",
    "/a/b/.., /a",
    "/a/., /a",
    "/a/./, /a/",
    "/a/../, /",
    "/../../a, /a",
    "/v2/keys/../../.., /",
    "/%2e%2E/a, /a",
    "/a%2F%2Fb%20c, /a/b%20c",
    "//a?b=%zz&c=//, /a?b=%zz&c=//",
    "//%ff%00%3f%25, /%FF%00%3F%25",
    "//-_.~$&+:;=@!'()*, '/-_.~$&+:;=@%21%27%28%29%2A'",
    "http://host, /",
    "http://host//a?b, /a?b"
  })
  void anUncleanPathLeadsToItsCleanForm(String raw, String location) {
    HttpResponse answer = answer(HttpRequest.PUT("/"), raw);
    assertEquals(301, answer.status().intValue());
    assertEquals(location, header(answer, "Location"));
  }

  @Test
  void aGetGetsALinkToIt() {
    HttpResponse answer = answer(HttpRequest.GET("/"), "//a&b?c='\"<>");
    assertEquals("text/html; charset=utf-8", answer.entity().getContentType().toString());
    assertEquals(
        "<a href=\"/a&amp;b?c=&#39;&#34;&lt;&gt;\">Moved Permanently</a>.\n\n", body(answer));
  }

  @Test
  void aHeadGetsTheTypeAndOthersGetNothing() {
    HttpRequest head = HttpRequest.create().withMethod(HttpMethods.HEAD);
    HttpResponse toHead = answer(head, "//a");
    assertEquals("text/html; charset=utf-8", toHead.entity().getContentType().toString());
    assertEquals("", body(toHead));
    HttpResponse toPut = answer(HttpRequest.PUT("/"), "//a");
    assertEquals("none/none", toPut.entity().getContentType().toString());
    assertEquals("", body(toPut));
  }

  private HttpResponse answer(HttpRequest request, String raw) {
    RequestTarget target = RequestTarget.parse(raw).orElseThrow();
    return ((CompletableFuture<HttpResponse>) paths.handle(request, target)).resultNow();
  }

  private static String header(HttpResponse answer, String name) {
    return answer.getHeader(name).map(HttpHeader::value).orElse("");
  }

  private static String body(HttpResponse answer) {
    return ((HttpEntity.Strict) answer.entity()).getData().utf8String();
  }
}
