package io.conclave.testkit.wire;

import io.conclave.raft.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A blocking HTTP/1.1 connection that sends exactly what it is told and hides nothing of the
 * answer. A read that finds nothing within the time limit throws {@link
 * java.net.SocketTimeoutException} and may be repeated: nothing that came is lost. For one thread
 * at a time.
 */
public final class WireConnection implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int LINE_BYTES_MAX = 1 << 20;
  private static final int BODY_BYTES_MAX = 1 << 28;
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3}).*");

  private enum Framing {
    NONE,
    LENGTH,
    CHUNKED,
    TO_END
  }

  private final Socket socket;
  private final String authority;
  private byte[] buffer = new byte[64 * 1024];
  private int start;
  private int end;
  private Framing framing = Framing.NONE;
  private long left;
  private boolean betweenChunks;

  private WireConnection(Socket socket, String authority) {
    this.socket = socket;
    this.authority = authority;
  }

  /** Connects to the server of a URL such as {@code http://127.0.0.1:2379}. */
  public static WireConnection open(URI base, Duration timeout) throws IOException {
    Socket socket = new Socket();
    try {
      InetSocketAddress address = new InetSocketAddress(base.getHost(), base.getPort());
      socket.connect(address, Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
      socket.setTcpNoDelay(true);
      WireConnection connection = new WireConnection(socket, base.getHost() + ":" + base.getPort());
      connection.limit(timeout);
      return connection;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends one request on a connection of its own and reads the whole answer. */
  public static WireResponse exchange(URI base, WireRequest request, Duration timeout)
      throws IOException {
    try (WireConnection connection = open(base, timeout)) {
      return connection.exchange(request);
    }
  }

  /** Sends one request and reads the whole answer; the connection stays open. */
  public WireResponse exchange(WireRequest request) throws IOException {
    send(request);
    WireHead head = readHead();
    boolean empty = request.method().equals("HEAD") || head.status() == 204 || head.status() == 304;
    return new WireResponse(head, empty ? Bytes.EMPTY : readBody());
  }

  /** How long a read waits for the next byte from now on. */
  public void limit(Duration timeout) throws IOException {
    socket.setSoTimeout(Math.toIntExact(Math.max(1, timeout.toMillis())));
  }

  public void send(WireRequest request) throws IOException {
    socket.getOutputStream().write(request.render(authority).unsafeArray());
  }

  /**
   * Reads the head of the next response; interim ones (100) are skipped.
   *
   * @throws ConnectionDropped when the connection ends within it
   */
  public WireHead readHead() throws IOException {
    while (true) {
      String line = line();
      Matcher status = STATUS_LINE.matcher(line);
      if (!status.matches()) {
        throw new ProtocolException("bad status line " + line);
      }
      List<WireHeader> headers = new ArrayList<>();
      for (String field = line(); !field.isEmpty(); field = line()) {
        int colon = Math.max(0, field.indexOf(':'));
        headers.add(
            new WireHeader(field.substring(0, colon).strip(), field.substring(colon + 1).strip()));
      }
      WireHead head = new WireHead(Integer.parseInt(status.group(1)), headers);
      if (head.status() != 100) {
        expectBody(head);
        return head;
      }
    }
  }

  /** The next piece of the body, as soon as there is one; nothing at the end of the body. */
  public Optional<Bytes> readSome() throws IOException {
    return switch (framing) {
      case NONE -> Optional.empty();
      case LENGTH -> {
        Bytes piece = piece();
        framing = left == 0 ? Framing.NONE : Framing.LENGTH;
        yield Optional.of(piece);
      }
      case CHUNKED -> readChunk();
      case TO_END -> {
        left = BODY_BYTES_MAX;
        if (start == end && !fill()) {
          framing = Framing.NONE;
          yield Optional.empty();
        }
        yield Optional.of(piece());
      }
    };
  }

  /** What is left of the body, to its end. */
  public Bytes readBody() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Optional<Bytes> piece = readSome(); piece.isPresent(); piece = readSome()) {
      body.write(piece.get().unsafeArray());
      if (body.size() > BODY_BYTES_MAX) {
        throw new ProtocolException("body larger than " + BODY_BYTES_MAX + " bytes");
      }
    }
    return Bytes.adopt(body.toByteArray());
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a socket could not be closed", e);
    }
  }

  private void expectBody(WireHead head) throws ProtocolException {
    Optional<String> length = head.header("Content-Length");
    betweenChunks = false;
    if (head.header("Transfer-Encoding").orElse("").contains("chunked")) {
      framing = Framing.CHUNKED;
      left = 0;
    } else if (length.isPresent()) {
      left = number(length.get(), 10);
      framing = left == 0 ? Framing.NONE : Framing.LENGTH;
    } else {
      framing = Framing.TO_END;
    }
  }

  private Optional<Bytes> readChunk() throws IOException {
    if (left == 0) {
      if (betweenChunks) {
        line();
        betweenChunks = false;
      }
      left = number(line().split(";", 2)[0].strip(), 16);
      if (left == 0) {
        while (!line().isEmpty()) {
          left = 0;
        }
        framing = Framing.NONE;
        return Optional.empty();
      }
    }
    Bytes piece = piece();
    betweenChunks = left == 0;
    return Optional.of(piece);
  }

  /** What is there of the {@code left} bytes, at least one of them. */
  private Bytes piece() throws IOException {
    if (start == end && !fill()) {
      throw new ProtocolException("connection closed in the body");
    }
    int taken = (int) Math.min(left, end - start);
    Bytes piece = Bytes.adopt(Arrays.copyOfRange(buffer, start, start + taken));
    start += taken;
    left -= taken;
    return piece;
  }

  private String line() throws IOException {
    int searched = start;
    while (true) {
      for (; searched < end; searched++) {
        if (buffer[searched] == '\n') {
          int stop = searched > start && buffer[searched - 1] == '\r' ? searched - 1 : searched;
          String line = new String(buffer, start, stop - start, StandardCharsets.UTF_8);
          start = searched + 1;
          return line;
        }
      }
      if (end - start > LINE_BYTES_MAX) {
        throw new ProtocolException("line longer than " + LINE_BYTES_MAX + " bytes");
      }
      int offset = searched - start;
      if (!fill()) {
        throw new ConnectionDropped("connection closed in the head");
      }
      searched = start + offset;
    }
  }

  /** Reads once; false at the end of the connection. */
  private boolean fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = socket.getInputStream().read(buffer, end, buffer.length - end);
    end += Math.max(0, read);
    return read > 0;
  }

  private static long number(String text, int radix) throws ProtocolException {
    try {
      return Long.parseUnsignedLong(text, radix) & Long.MAX_VALUE;
    } catch (NumberFormatException e) {
      throw new ProtocolException("not a number: " + text);
    }
  }
}
