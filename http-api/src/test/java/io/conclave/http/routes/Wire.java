package io.conclave.http.routes;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection to a server, spoken to in plain bytes, so that a test can send what no HTTP client
 * would and see what came back as it was. Texts are ISO 8859-1: a character is a byte.
 */
public final class Wire implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;

  private Wire(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  public static Wire to(int port) throws IOException {
    return open(new Socket(), port);
  }

  /** A client whose socket takes as little as the system allows before it is read. */
  public static Wire small(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(1);
    return open(socket, port);
  }

  private static Wire open(Socket socket, int port) throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
    return new Wire(socket);
  }

  /** What one request on a connection of its own is answered. */
  public static Answer ask(int port, String method, String target, String... headers)
      throws IOException {
    try (Wire wire = to(port)) {
      return wire.request(method, target, headers).answer(method);
    }
  }

  /** As {@link #ask}, with a form in the body. */
  public static Answer askForm(int port, String method, String target, String form)
      throws IOException {
    try (Wire wire = to(port)) {
      return wire.form(method, target, form);
    }
  }

  /** Sends a request without a body. */
  public Wire request(String method, String target, String... headers) throws IOException {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: test\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return send(head.append("\r\n").toString());
  }

  /** Sends a request with a form in the body, and reads its answer. */
  public Answer form(String method, String target, String form) throws IOException {
    request(
        method,
        target,
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: " + form.length());
    return send(form).answer(method);
  }

  public Wire send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Reads an answer to the end of its body. */
  public Answer answer(String method) throws IOException {
    Answer head = head();
    boolean bodiless = method.equals("HEAD") || head.status == 204 || head.status == 304;
    return bodiless ? head : head.withBody(body(head));
  }

  /** Reads an answer up to its body, which is left to {@link #chunk}. */
  public Answer head() throws IOException {
    String status = line();
    List<String> headers = new ArrayList<>();
    for (String header = line(); !header.isEmpty(); header = line()) {
      headers.add(header);
    }
    return new Answer(Integer.parseInt(status.split(" ", 3)[1]), List.copyOf(headers), "");
  }

  /** The next chunk of a chunked body; "" for the last one. */
  public String chunk() throws IOException {
    int length = Integer.parseInt(line(), 16);
    String chunk = text(in.readNBytes(length));
    if (!line().isEmpty()) {
      throw new IOException("a chunk of another length");
    }
    return chunk;
  }

  /** True if the server has closed its side and all that it sent is read. */
  public boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String body(Answer head) throws IOException {
    if (head.header("Transfer-Encoding").equals("chunked")) {
      StringBuilder body = new StringBuilder();
      for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
        body.append(chunk);
      }
      return body.toString();
    }
    String length = head.header("Content-Length");
    return text(length.isEmpty() ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length)));
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("after " + line);
      }
      line.write(b);
    }
    String text = text(line.toByteArray());
    return text.substring(0, text.length() - 1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /**
   * An answer as it came.
   *
   * @param headers whole lines, in order
   */
  public record Answer(int status, List<String> headers, String body) {
    /** The value of the first header of this name; "" if there is none. */
    public String header(String name) {
      return headers.stream()
          .filter(header -> header.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
          .map(header -> header.substring(name.length() + 2))
          .findFirst()
          .orElse("");
    }

    public boolean has(String name) {
      return headers.stream()
          .anyMatch(header -> header.regionMatches(true, 0, name + ":", 0, name.length() + 1));
    }

    private Answer withBody(String given) {
      return new Answer(status, headers, given);
    }
  }
}
