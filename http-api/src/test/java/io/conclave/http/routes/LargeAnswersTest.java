package io.conclave.http.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.http.routes.Wire.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** What answers that are made and sent may take of the memory together. */
final class LargeAnswersTest {
  private static final String SMALL = "conclave.http.answers-bytes-max = 200000";
  private static final String FITS = "abc\"".repeat(24_000); // 120,000 bytes with its escapes
  private static final String IN_PARTS = "read parts of it, or raise -Xmx";

  @Test
  void aLargeAnswerIsWholeAndLeavesItsPlace() throws IOException {
    try (TestServer server = TestServer.start(SMALL)) {
      assertEquals(201, put(server, "/v2/keys/a", FITS).status());
      Answer got = Wire.ask(server.clientPort(), "GET", "/v2/keys/a");
      assertEquals(200, got.status());
      assertTrue(got.body().contains("\"value\":\"" + FITS.replace("\"", "\\\"") + "\""));
      assertTrue(got.body().endsWith("}}\n"));
      server.await("its place is free", () -> taken(server) == 0);
    }
  }

  @Test
  void anAnswerWithoutRoomIsRefusedAndAWriteIsToldToBeDone() throws IOException {
    try (TestServer server = TestServer.start(SMALL)) {
      put(server, "/v2/keys/d/a", FITS);
      put(server, "/v2/keys/d/b", FITS);
      Answer listing = Wire.ask(server.clientPort(), "GET", "/v2/keys/?recursive=true");
      assertEquals(500, listing.status());
      assertTrue(listing.body().contains("\"errorCode\":300"), listing.body());
      Answer written = put(server, "/v2/keys/d/a", FITS); // its answer shows both values
      assertEquals(500, written.status());
      assertTrue(written.body().contains("the write is done, but: "), written.body());
      assertTrue(written.body().contains(IN_PARTS), written.body());
      assertEquals(200, Wire.ask(server.clientPort(), "GET", "/v2/keys/d/a").status());
      assertEquals(200, Wire.ask(server.clientPort(), "GET", "/v2/keys/").status());
      server.await("all places are free", () -> taken(server) == 0);
    }
  }

  @Test
  void aShortListingNeedsNoRoom() throws IOException {
    try (TestServer server = TestServer.start("conclave.http.answers-bytes-max = 1")) {
      put(server, "/v2/keys/d/a", "1");
      put(server, "/v2/keys/d/b", "2");
      assertEquals(200, Wire.ask(server.clientPort(), "GET", "/v2/keys/d").status());
      assertEquals(200, Wire.ask(server.clientPort(), "GET", "/v2/keys/?recursive=true").status());
    }
  }

  @Test
  void whoTakesNothingOfAnAnswerLosesItsPlace() throws IOException {
    String settings = "conclave.http { answers-bytes-max = 64 MiB, idle-timeout = 3s }";
    try (TestServer server = TestServer.start(settings)) {
      for (int i = 0; i < 8; i++) { // more than the kernel holds for a connection
        put(server, "/v2/keys/d/" + i, "x".repeat(1 << 20));
      }
      try (Wire stalled = Wire.small(server.clientPort())) {
        stalled.request("GET", "/v2/keys/d");
        server.await("it has a place", () -> taken(server) > 8 << 20);
        server.await("its place is free", () -> taken(server) == 0);
      }
    }
  }

  private static Answer put(TestServer server, String target, String value) throws IOException {
    return Wire.askForm(server.clientPort(), "PUT", target, "value=" + value);
  }

  private static long taken(TestServer server) {
    try {
      String metrics = Wire.ask(server.clientPort(), "GET", "/metrics").body();
      return metrics
          .lines()
          .filter(line -> line.startsWith("etcd_http_answer_bytes "))
          .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
