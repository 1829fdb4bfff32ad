package io.conclave.testkit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WireConnectionTest {
  private static final Duration PATIENT = Duration.ofSeconds(10);

  private ServerSocket listener;
  private WireConnection connection;
  private Socket server;

  @BeforeEach
  void connect() throws IOException {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    URI base = URI.create("http://127.0.0.1:" + listener.getLocalPort());
    connection = WireConnection.open(base, PATIENT);
    server = listener.accept();
  }

  @AfterEach
  void disconnect() throws IOException {
    connection.close();
    server.close();
    listener.close();
  }

  @Test
  void requestsGoOutLiterally() throws IOException {
    connection.send(
        new WireRequest(
            "PUT",
            "/v2/keys/%2f?a b",
            List.of(new WireHeader("X-Odd", " two  blanks")),
            Optional.of(Bytes.utf8("é"))));
    connection.send(new WireRequest("POST", "/", List.of(), Optional.empty()));
    connection.send(WireRequest.get("/last"));
    String host = "Host: 127.0.0.1:" + listener.getLocalPort() + "\r\n";
    String expected =
        "PUT /v2/keys/%2f?a b HTTP/1.1\r\n"
            + host
            + "X-Odd:  two  blanks\r\n"
            + "Content-Length: 2\r\n\r\né"
            + "POST / HTTP/1.1\r\n"
            + host
            + "Content-Length: 0\r\n\r\n"
            + "GET /last HTTP/1.1\r\n"
            + host
            + "\r\n";
    byte[] sent =
        server.getInputStream().readNBytes(expected.getBytes(StandardCharsets.UTF_8).length);
    assertEquals(expected, new String(sent, StandardCharsets.UTF_8));
  }

  @Test
  void chunksComeOneByOneAndATimeoutBetweenThemLosesNothing() throws IOException {
    answer("HTTP/1.1 100 Continue\r\n\r\n");
    answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n2\r\nab");
    assertEquals(Optional.of("b"), connection.readHead().header("a"));
    assertEquals(Optional.of(Bytes.utf8("ab")), connection.readSome());
    connection.limit(Duration.ofMillis(20));
    assertThrows(SocketTimeoutException.class, connection::readSome);
    connection.limit(PATIENT);
    answer("\r\n3\r\ncde\r\n0\r\n\r\n");
    assertEquals(Optional.of(Bytes.utf8("cde")), connection.readSome());
    assertEquals(Optional.empty(), connection.readSome());
    answer("HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx");
    assertEquals(404, connection.readHead().status());
    assertEquals("x", connection.readBody().utf8());
  }

  @Test
  void withoutALengthTheBodyReachesToTheEnd() throws IOException {
    answer("HTTP/1.0 200 OK\r\n\r\nall of it");
    server.shutdownOutput();
    assertEquals(200, connection.readHead().status());
    assertEquals("all of it", connection.readBody().utf8());
  }

  @Test
  void anEndInTheHeadIsADroppedConnectionAndInTheBodyAnError() throws IOException {
    answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
    server.shutdownOutput();
    assertEquals(200, connection.readHead().status());
    assertThrows(ProtocolException.class, connection::readBody);
    assertThrows(ConnectionDropped.class, connection::readHead);
  }

  @Test
  void whatIsNoStatusLineIsAnError() throws IOException {
    answer("hello\r\n");
    ProtocolException refused = assertThrows(ProtocolException.class, connection::readHead);
    assertTrue(refused.getMessage().contains("hello"), refused.getMessage());
  }

  private void answer(String text) throws IOException {
    server.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }
}
