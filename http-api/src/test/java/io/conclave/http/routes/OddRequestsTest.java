package io.conclave.http.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.http.routes.Wire.Answer;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that Go's server answers before any route, and what Pekko's makes of them (row 19). */
final class OddRequestsTest {
  private static final String ORIGIN = "http://listed.example";
  private static final String ALLOW = "Access-Control-Allow-Origin";
  private static TestServer server;
  private static int port;

  @BeforeAll
  static void start() {
    server = TestServer.start("conclave.http.cors = \"" + ORIGIN + "\"");
    port = server.clientPort();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/version", "/v2/keys/a", "/nope"})
  void anUnknownExpectationFailsWhateverIsAsked(String target) throws IOException {
    try (Wire wire = Wire.to(port)) {
      wire.request("GET", target, "Expect: foo", "Origin: " + ORIGIN);
      Answer answer = wire.answer("GET");
      assertEquals(417, answer.status());
      assertEquals("0", answer.header("Content-Length"));
      assertEquals("close", answer.header("Connection"));
      assertFalse(answer.has(ALLOW));
      assertTrue(wire.isAtEnd());
    }
  }

  @Test
  void aWriteThatExpectsToBeContinuedIsToldToGoOn() throws IOException {
    try (Wire wire = Wire.to(port)) {
      wire.request(
          "PUT",
          "/v2/keys/expected",
          "Expect: 100-Continue",
          "Content-Type: application/x-www-form-urlencoded",
          "Content-Length: 7");
      assertEquals(100, wire.head().status());
      assertEquals(201, wire.send("value=1").answer("PUT").status());
    }
    assertEquals(200, Wire.ask(port, "GET", "/version", "Expect: ").status());
  }

  @Test
  void theServerAsAWholeCanOnlyBeAskedForItsOptions() throws IOException {
    try (Wire wire = Wire.to(port)) {
      assertEquals(200, wire.request("OPTIONS", "*").answer("OPTIONS").status());
      Answer answer = wire.request("GET", "*", "Origin: " + ORIGIN).answer("GET");
      assertEquals(400, answer.status());
      assertEquals("", answer.body());
      assertEquals("close", answer.header("Connection"));
      assertEquals(ORIGIN, answer.header(ALLOW));
      assertTrue(wire.isAtEnd());
    }
    assertEquals(400, Wire.ask(server.peerPort(), "GET", "*").status());
  }

  @Test
  void fragmentsAndHeadersThatAreNoUtf8AreRefused() throws IOException {
    assertEquals(400, Wire.ask(port, "GET", "/v2/keys/a#fragment").status());
    assertEquals(400, Wire.ask(port, "GET", "/version", "X-A: \u00ff\u00fe").status());
    assertEquals(200, Wire.ask(port, "GET", "/version", "X-A: \u00c3\u00a4").status());
  }

  /** Nothing is known of such a request but its method. */
  @Test
  void anUnknownMethodIsNotAllowedWhateverThePath() throws IOException {
    Answer answer = Wire.ask(port, "BREW", "/nope", "Origin: " + ORIGIN);
    assertEquals(405, answer.status());
    assertFalse(answer.has(ALLOW), "origins that are listed one by one");
  }

  @Test
  void largeAnswersComeWithTheirLength() throws IOException {
    Wire.askForm(port, "PUT", "/v2/keys/large", "value=" + "x".repeat(10_000));
    Answer answer = Wire.ask(port, "GET", "/v2/keys/large");
    assertEquals(answer.body().length(), Integer.parseInt(answer.header("Content-Length")));
    assertTrue(answer.body().length() > 10_000);
  }

  /** As Go's server does: the body has to be read before the next request can be. */
  @Test
  void aBodyThatWasAnnouncedIsWaitedFor() throws IOException {
    try (Wire wire = Wire.to(port)) {
      wire.request("GET", "/version", "Content-Length: 5").send("12345");
      assertEquals(200, wire.answer("GET").status());
      assertEquals(200, wire.request("GET", "/version").answer("GET").status());
    }
  }
}
