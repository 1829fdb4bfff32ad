package io.conclave.http.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.conclave.http.HttpSettings;
import io.conclave.http.routes.Wire.Answer;
import io.conclave.settings.InvalidSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** What all bodies that are being read may hold together. */
final class RequestBodiesTest {
  private static final String SMALL =
      "conclave.http { form-bytes-max = 50000, bodies-bytes-max = 60000 }";
  private static final String FORM = "Content-Type: application/x-www-form-urlencoded";
  private static final int BODY = 40_000;
  private static final int SENT = 30_000;
  private static final String TOO_MANY =
      "{\"errorCode\":300,\"message\":\"Raft Internal Error\",\"cause\":\"too many requests\","
          + "\"index\":0}\n";

  @Test
  void aBodyThatFindsNoRoomIsRefusedAndTheOthersGoOn() throws IOException {
    try (TestServer server = TestServer.start(SMALL);
        Wire slow = Wire.to(server.clientPort())) {
      slow.request("PUT", "/v2/keys/slow", "Content-Length: " + BODY, FORM);
      slow.send("value=" + "x".repeat(SENT - "value=".length()));
      server.await("it is being read", () -> taken(server) == SENT);
      Answer refused = put(server, "/v2/keys/other");
      assertEquals(TOO_MANY, refused.body());
      String level = " ".repeat(BODY) + "{\"Level\":\"INFO\"}";
      assertEquals(503, put(server, "/config/local/log", level).status());
      assertEquals(200, Wire.ask(server.clientPort(), "GET", "/v2/keys/").status());
      slow.send("x".repeat(BODY - SENT));
      assertEquals(201, slow.answer("PUT").status());
      assertEquals(201, put(server, "/v2/keys/third").status());
    }
  }

  @Test
  void aBodyThatNeverCameWholeGivesItsRoomBack() throws IOException {
    try (TestServer server = TestServer.start(SMALL)) {
      try (Wire gone = Wire.to(server.clientPort())) {
        gone.request("PUT", "/v2/keys/gone", "Content-Length: " + BODY, FORM);
        gone.send("value=" + "x".repeat(SENT - "value=".length()));
        server.await("it is being read", () -> taken(server) == SENT);
      }
      server.await("room again", () -> taken(server) == 0);
      assertEquals(201, put(server, "/v2/keys/next").status());
    }
  }

  @Test
  void aBodyOfWhichTheRestDoesNotComeIsAnsweredSo() throws IOException {
    try (TestServer server = TestServer.start("conclave.http.idle-timeout = 1s");
        Wire stalled = Wire.to(server.clientPort())) {
      stalled.request("PUT", "/v2/keys/a", "Content-Length: 100", FORM).send("value=x");
      Answer answer = stalled.answer("PUT");
      assertEquals(408, answer.status());
      assertEquals("408 Request Timeout: the rest of the body did not come", answer.body());
      assertTrue(stalled.isAtEnd());
      assertEquals(404, Wire.ask(server.clientPort(), "GET", "/v2/keys/a").status());
    }
  }

  @Test
  void oneBodyMustFit() {
    String none = "conclave.http { form-bytes-max = 50000, bodies-bytes-max = 50000 }";
    var config = ConfigFactory.parseString(none).withFallback(ConfigFactory.load("test-server"));
    var invalid = assertThrows(InvalidSettings.class, () -> HttpSettings.from(config));
    assertTrue(invalid.getMessage().contains("conclave.http.bodies-bytes-max must be 50001 to"));
  }

  private static long taken(TestServer server) {
    try {
      String metrics = Wire.ask(server.clientPort(), "GET", "/metrics").body();
      return metrics
          .lines()
          .filter(line -> line.startsWith("etcd_http_body_bytes "))
          .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Answer put(TestServer server, String target) {
    return put(server, target, "value=" + "y".repeat(BODY));
  }

  private static Answer put(TestServer server, String target, String body) {
    try {
      return Wire.askForm(server.clientPort(), "PUT", target, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
