package io.conclave.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResponseParserTest {
  private final ResponseParser parser = new ResponseParser(true);

  ResponseParserTest() {
    parser.reset();
  }

  @Test
  void aBodyOfKnownLengthEndsWhereItShould() throws MalformedResponse {
    ByteBuffer in =
        ascii("HTTP/1.1 201 Created\r\nx-ETCD-index: 42\r\nContent-Length: 3\r\n\r\nab\nX");
    assertTrue(parser.feed(in));
    assertEquals(201, parser.status());
    assertEquals(42, parser.etcdIndex());
    assertEquals(1, parser.bodyLines());
    assertEquals(1, in.remaining());
    assertFalse(parser.closes());
  }

  @Test
  void everyByteMayComeAlone() throws MalformedResponse {
    String response =
        "HTTP/1.1 100 Continue\r\n\r\n"
            + "HTTP/1.1 200 OK\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "Connection: close\r\n\r\n"
            + "4;x=y\r\n"
            + "{a}\n\r\n"
            + "A\r\n"
            + "012345678\n\r\n"
            + "0\r\n"
            + "Trailer: t\r\n\r\n";
    for (int i = 0; i < response.length() - 1; i++) {
      assertFalse(parser.feed(ascii(response.substring(i, i + 1))), "complete after " + i);
    }
    assertTrue(parser.feed(ascii("\n")));
    assertEquals(200, parser.status());
    assertEquals(2, parser.bodyLines());
    assertTrue(parser.closes());
  }

  @Test
  void eventsOfAStreamCountAsTheyCome() throws MalformedResponse {
    assertFalse(parser.feed(ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")));
    assertTrue(parser.hasHead());
    assertEquals(0, parser.bodyLines());
    assertFalse(parser.feed(ascii("3\r\n{}\n\r\n")));
    assertEquals(1, parser.bodyLines());
    assertFalse(parser.feed(ascii("6\r\n{}\n{}\n\r\n")));
    assertEquals(3, parser.bodyLines());
  }

  @Test
  void withoutALengthTheBodyEndsWithTheConnection() throws MalformedResponse {
    assertFalse(parser.feed(ascii("HTTP/1.1 200 OK\r\n\r\nsome")));
    assertTrue(parser.endsWithConnection());
  }

  @Test
  void anEmptyBodyAndA204EndWithTheHead() throws MalformedResponse {
    assertTrue(parser.feed(ascii("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")));
    parser.reset();
    assertTrue(parser.feed(ascii("HTTP/1.1 204 No Content\r\n\r\n")));
  }

  @Test
  void whatIsNoResponseIsRefused() {
    assertMalformed("SSH-2.0-x\r\n");
    assertMalformed("HTTP/1.1 2x0 OK\r\n");
    assertMalformed("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n");
    assertMalformed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnope\r\n");
    assertMalformed("HTTP/1.1 200 OK\r\nX: " + "y".repeat(9000));
  }

  private static void assertMalformed(String response) {
    ResponseParser parser = new ResponseParser(false);
    parser.reset();
    assertThrows(MalformedResponse.class, () -> parser.feed(ascii(response)));
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
