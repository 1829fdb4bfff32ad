package io.conclave.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.conclave.http.routes.Wire;
import io.conclave.http.routes.Wire.Answer;
import java.io.IOException;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What we rest on in Pekko HTTP and what its settings are for. A test that fails after an upgrade
 * names what has to be thought over again.
 */
final class HttpFactsTest {
  private static final String DEFAULTS = "";
  private static Config config;
  private static ActorTestKit kit;

  @BeforeAll
  static void start() {
    config = ConfigFactory.load("test-server");
    kit = ActorTestKit.create("facts", config);
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void theDefaultLimitsAreBelowWhatTheApiTakes() {
    Config server = config.getConfig("pekko.http.server");
    assertEquals("60 s", server.getString("idle-timeout"));
    assertEquals("20 s", server.getString("request-timeout"));
    assertEquals("1 min", server.getString("linger-timeout"));
    assertEquals(1024, server.getInt("max-connections"));
    ServerSettings settings = settings(DEFAULTS);
    assertEquals(2048, settings.getParserSettings().getMaxUriLength());
    assertEquals(8 << 20, settings.getParserSettings().getMaxContentLength());
  }

  @Test
  void onlyTheRawTargetIsWhatTheClientSent() throws IOException {
    Function<HttpRequest, String> both =
        request -> header(request, "Raw-Request-URI") + " " + request.getUri().path();
    Answer answer = ask("raw-request-uri-header = on", both, "GET", "/a/../b%2Fc%ff?%41");
    assertEquals("/a/../b%2Fc%ff?%41 /b%2Fc%EF%BF%BD", answer.body());
    assertEquals(" /b%2Fc%EF%BF%BD", ask(DEFAULTS, both, "GET", "/a/../b%2Fc%ff?%41").body());
  }

  @Test
  void aResponseLeavesItsHeadBeforeItsFirstChunk() throws IOException {
    HttpResponse silent =
        HttpResponse.create()
            .withEntity(HttpEntities.create(Responses.JSON, Source.<ByteString>maybe()));
    try (Wire wire = serve(DEFAULTS, request -> silent)) {
      Answer head = wire.request("GET", "/").head();
      assertEquals(200, head.status());
      assertEquals("chunked", head.header("Transfer-Encoding"));
    }
  }

  @Test
  void anEmptyServerHeaderIsNone() throws IOException {
    assertTrue(ask(DEFAULTS, request -> "", "GET", "/").has("Server"));
    assertFalse(ask("server-header = \"\"", request -> "", "GET", "/").has("Server"));
  }

  @Test
  void headIsAMethodOfItsOwnUnlessThatIsTransparent() throws IOException {
    Function<HttpRequest, String> method = request -> request.method().value().repeat(10);
    String off = "transparent-head-requests = off";
    assertEquals("40", ask(off, method, "HEAD", "/").header("Content-Length"));
    String on = "transparent-head-requests = on";
    assertEquals("30", ask(on, method, "HEAD", "/").header("Content-Length"));
  }

  @Test
  void longTargetsNeedAHigherLimit() throws IOException {
    String target = "/" + "x".repeat(5000);
    assertEquals(414, ask(DEFAULTS, request -> "", "GET", target).status());
    String raised = "parsing.max-uri-length = 1 MiB";
    assertEquals(200, ask(raised, request -> "", "GET", target).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {";;", "", "a/b; c"})
  void anUnparsableContentTypeIsAHeaderBesideOctets(String type) throws IOException {
    Function<HttpRequest, HttpResponse> handler =
        request ->
            HttpResponse.create()
                .withEntity(
                    request.entity().getContentType()
                        + "|"
                        + header(request, "content-type")
                        + "|");
    Answer answer;
    try (Wire wire = serve("parsing.ignore-illegal-header-for = [content-type]", handler)) {
      wire.request("PUT", "/", "Content-Type: " + type, "Content-Length: 1");
      answer = wire.send("x").answer("PUT");
    }
    assertEquals("application/octet-stream|" + type + "|", answer.body());
  }

  @Test
  void onlyACustomCharsetIsWrittenInLowerCase() throws IOException {
    assertEquals("text/plain; charset=UTF-8", typeOf(ContentTypes.TEXT_PLAIN_UTF8));
    assertEquals("text/plain; charset=utf-8", typeOf(Responses.TEXT));
  }

  @Test
  void someRequestsNeverReachAHandler() throws IOException {
    Function<HttpRequest, String> handler = request -> "handled";
    Answer badQuery = ask(DEFAULTS, handler, "GET", "/?x=%zz");
    assertEquals(400, badQuery.status());
    assertFalse(badQuery.body().contains("handled"));
    assertEquals(501, ask(DEFAULTS, handler, "FOO", "/").status());
    String errorHandler =
        "parsing.error-handler = \"io.conclave.http.routes.UnparsableRequests\"\n"
            + "default-host-header = \"1\"";
    assertEquals(405, ask(errorHandler, handler, "FOO", "/").status());
  }

  private static String typeOf(ContentType type) throws IOException {
    HttpResponse response =
        HttpResponse.create().withEntity(HttpEntities.create(type, ByteString.fromString("x")));
    try (Wire wire = serve(DEFAULTS, request -> response)) {
      return wire.request("GET", "/").answer("GET").header("Content-Type");
    }
  }

  private static Answer ask(
      String overrides,
      Function<HttpRequest, String> handler,
      String method,
      String target,
      String... headers)
      throws IOException {
    try (Wire wire =
        serve(overrides, request -> HttpResponse.create().withEntity(handler.apply(request)))) {
      return wire.request(method, target, headers).answer(method);
    }
  }

  /** A connection to Pekko's own server with these settings. */
  private static Wire serve(String overrides, Function<HttpRequest, HttpResponse> handler)
      throws IOException {
    var binding =
        Http.get(kit.system())
            .newServerAt("127.0.0.1", 0)
            .withSettings(settings(overrides))
            .bindSync(handler::apply)
            .toCompletableFuture()
            .join();
    return Wire.to(binding.localAddress().getPort());
  }

  private static ServerSettings settings(String overrides) {
    Config given = ConfigFactory.parseString(overrides).atPath("pekko.http.server");
    return ServerSettings.create(given.withFallback(config));
  }

  private static String header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value).orElse("");
  }
}
