package io.conclave.http.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.conclave.http.HttpServer;
import io.conclave.http.HttpSettings;
import io.conclave.http.RequestHandler;
import io.conclave.http.Responses;
import io.conclave.http.ServerIdentity;
import io.conclave.http.routes.Wire.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Limits, stopping and binding of the servers. */
final class HttpServerTest {
  private static final int PIPELINED = 5000;
  private static final int CHUNKS = 20_000;

  /** Where nobody else takes a port that this process holds on the usual loopback address. */
  private static final String ELSEWHERE = "127.0.0.2";

  @Test
  void aConnectionTooManyIsToldSo() throws IOException {
    try (TestServer server = TestServer.start("conclave.http.connections-max = 2");
        Wire first = Wire.to(server.clientPort())) {
      assertEquals(200, first.request("GET", "/version").answer("GET").status());
      try (Wire second = Wire.to(server.clientPort());
          Wire third = Wire.to(server.clientPort())) {
        assertEquals(200, second.request("GET", "/version").answer("GET").status());
        Answer refused = third.request("GET", "/version").answer("GET");
        assertEquals(503, refused.status());
        assertEquals("too many connections, the limit is 2\n", refused.body());
        assertEquals("close", refused.header("Connection"));
        assertTrue(third.isAtEnd());
      }
      server.await("one connection is left", () -> server.client().connections() == 1);
      assertEquals(200, Wire.ask(server.clientPort(), "GET", "/version").status());
      assertEquals(200, first.request("GET", "/version").answer("GET").status());
    }
  }

  @Test
  void idleConnectionsAreClosedAndWatchesAreNotIdle() throws IOException {
    try (TestServer server = TestServer.start("conclave.http.idle-timeout = 1s");
        Wire watch = Wire.to(server.clientPort());
        Wire idle = Wire.to(server.clientPort())) {
      watch.request("GET", "/v2/keys/a?wait=true").head();
      assertEquals(200, idle.request("GET", "/version").answer("GET").status());
      assertTrue(idle.isAtEnd());
      Answer put = Wire.askForm(server.clientPort(), "PUT", "/v2/keys/a", "value=x");
      assertEquals(put.body(), watch.chunk());
    }
  }

  @Test
  void thousandsOfPipelinedRequestsAreAnsweredInOrder() throws IOException {
    try (TestServer server = TestServer.start("pekko.jvm-exit-on-fatal-error = off");
        Wire wire = Wire.to(server.clientPort())) {
      String pair =
          "GET /v2/keys/a HTTP/1.1\r\n"
              + "Host:a\r\n\r\n"
              + "PUT /v2/keys/a?value=x HTTP/1.1\r\n"
              + "Host:a\r\n\r\n";
      wire.send(pair.repeat(PIPELINED / 2));
      for (int i = 0; i < PIPELINED / 2; i++) {
        assertEquals(i == 0 ? 404 : 200, wire.answer("GET").status());
        assertEquals(i == 0 ? 201 : 200, wire.answer("PUT").status());
      }
    }
  }

  @Test
  void aBodyMayComeInThousandsOfChunks() throws IOException {
    try (TestServer server = TestServer.start("pekko.jvm-exit-on-fatal-error = off");
        Wire wire = Wire.to(server.clientPort())) {
      wire.request(
          "PUT",
          "/v2/keys/a",
          "Transfer-Encoding: chunked",
          "Content-Type: application/x-www-form-urlencoded");
      wire.send("6\r\nvalue=\r\n" + "1\r\nx\r\n".repeat(CHUNKS) + "0\r\n\r\n");
      Answer put = wire.answer("PUT");
      assertEquals(201, put.status());
      assertTrue(put.body().contains("\"" + "x".repeat(CHUNKS) + "\""));
    }
  }

  @Test
  void stoppingEndsWatchesProperlyAndClosesConnections() throws IOException {
    try (TestServer server = TestServer.start();
        Wire idle = Wire.to(server.clientPort());
        Wire stream = Wire.to(server.clientPort());
        Wire poll = Wire.to(server.clientPort())) {
      assertEquals(200, idle.request("GET", "/version").answer("GET").status());
      stream.request("GET", "/v2/keys/a?wait=true&stream=true").head();
      poll.request("GET", "/v2/keys/b?wait=true").head();
      Answer put = Wire.askForm(server.clientPort(), "PUT", "/v2/keys/a", "value=x");
      server.stop();
      assertEquals(put.body(), stream.chunk());
      assertEquals("", stream.chunk());
      assertEquals("", poll.chunk());
      assertTrue(stream.isAtEnd());
      assertTrue(poll.isAtEnd());
      assertTrue(idle.isAtEnd());
      assertEquals(0, server.client().connections());
      assertThrows(IOException.class, () -> Wire.to(server.clientPort()));
    }
  }

  @Test
  void allUrlsAreBoundOrNone() throws IOException {
    RequestHandler handler = (request, target) -> Responses.now(Responses.empty(200));
    HttpSettings settings = HttpSettings.from(ConfigFactory.load("test-server"));
    try (TestServer server = TestServer.start()) {
      int port = server.clientPort();
      List<URI> urls =
          List.of(URI.create("http://" + ELSEWHERE + ":" + port), URI.create(server.url()));
      var failure =
          assertThrows(
              CompletionException.class,
              () ->
                  HttpServer.start(
                          server.system(), settings, urls, new ServerIdentity(1, false), handler)
                      .toCompletableFuture()
                      .join());
      var bindFailed = assertInstanceOf(HttpServer.BindFailed.class, failure.getCause());
      assertEquals(urls.get(1), bindFailed.url());
      assertTrue(bindFailed.getMessage().startsWith("can't listen on " + server.url() + ": "));
      server.await("the other URL is free again", () -> isFree(port));
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(ELSEWHERE, port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
