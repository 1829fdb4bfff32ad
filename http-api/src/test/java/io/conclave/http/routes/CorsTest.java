package io.conclave.http.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.conclave.http.routes.Wire.Answer;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Cross-origin headers of requests that no route gets to see (spec v2-cluster §12). */
final class CorsTest {
  private static final String ALLOW = "Access-Control-Allow-Origin";

  @Test
  void everyAnswerAllowsEveryOriginIfAllAreListed() throws IOException {
    try (TestServer server = TestServer.start("conclave.http.cors = \"*\"")) {
      int port = server.clientPort();
      assertAllowed(200, Wire.ask(port, "GET", "/version"));
      assertAllowed(400, Wire.ask(port, "GET", "/v2/keys/a?x=%zz"));
      assertAllowed(405, Wire.ask(port, "BREW", "/v2/keys/a"));
      assertFalse(Wire.ask(port, "GET", "/v2/keys/%zz").has(ALLOW), "refused before routing");
      assertFalse(Wire.ask(server.peerPort(), "GET", "/x?y=%zz").has(ALLOW));
    }
  }

  private static void assertAllowed(int status, Answer answer) {
    assertEquals(status, answer.status());
    assertEquals("*", answer.header(ALLOW));
    assertEquals("POST, GET, OPTIONS, PUT, DELETE", answer.header("Access-Control-Allow-Methods"));
    assertEquals(
        "accept, content-type, authorization", answer.header("Access-Control-Allow-Headers"));
  }
}
