package io.conclave.testkit.bench;

import java.nio.ByteBuffer;

/**
 * Finds the end of one HTTP/1.1 response after another in the bytes of a connection, and keeps only
 * what a load generator needs: the status, X-Etcd-Index, whether the connection stays open, and how
 * many lines the body had so far (an event of a stream is one line). Allocates nothing per
 * response.
 */
final class ResponseParser {
  private static final int LINE_BYTES_MAX = 8192;
  private static final long UNKNOWN = -1;

  private enum State {
    STATUS_LINE,
    HEADERS,
    FIXED_BODY,
    BODY_TO_END,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILERS,
    DONE
  }

  private final byte[] line = new byte[LINE_BYTES_MAX];
  private final boolean countLines;
  private int lineLength;
  private State state = State.STATUS_LINE;
  private int status;
  private long etcdIndex;
  private long left;
  private long bodyLines;
  private boolean chunked;
  private boolean closes;

  ResponseParser(boolean countLines) {
    this.countLines = countLines;
  }

  /** Forgets the last response and expects the status line of the next. */
  void reset() {
    state = State.STATUS_LINE;
    lineLength = 0;
    status = 0;
    etcdIndex = 0;
    left = UNKNOWN;
    bodyLines = 0;
    chunked = false;
    closes = false;
  }

  /**
   * Takes bytes up to the end of the response or of the buffer.
   *
   * @return whether the response is complete; bytes behind it stay in the buffer
   * @throws MalformedResponse when this is not HTTP/1.1, or a line is longer than 8 KiB
   */
  boolean feed(ByteBuffer in) throws MalformedResponse {
    while (state != State.DONE && in.hasRemaining()) {
      switch (state) {
        case FIXED_BODY, CHUNK -> takeBody(in, left);
        case BODY_TO_END -> takeBody(in, Long.MAX_VALUE);
        case STATUS_LINE, HEADERS, CHUNK_SIZE, CHUNK_END, TRAILERS -> {
          if (takeLine(in)) {
            onLine();
            lineLength = 0;
          }
        }
        case DONE -> throw new IllegalStateException("fed after the end");
      }
    }
    return state == State.DONE;
  }

  /** Whether the head has come, so that {@link #status()} is known. */
  boolean hasHead() {
    return state != State.STATUS_LINE && state != State.HEADERS;
  }

  /** Whether the end of the connection is a proper end of this response. */
  boolean endsWithConnection() {
    return state == State.BODY_TO_END;
  }

  int status() {
    return status;
  }

  /** X-Etcd-Index of the response, 0 when it had none. */
  long etcdIndex() {
    return etcdIndex;
  }

  /** Line feeds in the body so far; 0 for ever when they are not counted. */
  long bodyLines() {
    return bodyLines;
  }

  /** Whether the server said that it closes the connection after this response. */
  boolean closes() {
    return closes;
  }

  private boolean takeLine(ByteBuffer in) throws MalformedResponse {
    while (in.hasRemaining()) {
      byte b = in.get();
      if (b == '\n') {
        if (lineLength > 0 && line[lineLength - 1] == '\r') {
          lineLength--;
        }
        return true;
      }
      if (lineLength == LINE_BYTES_MAX) {
        throw new MalformedResponse("line of the head longer than " + LINE_BYTES_MAX + " bytes");
      }
      line[lineLength++] = b;
    }
    return false;
  }

  private void onLine() throws MalformedResponse {
    switch (state) {
      case STATUS_LINE -> onStatusLine();
      case HEADERS -> onHeader();
      case CHUNK_SIZE -> onChunkSize();
      case CHUNK_END -> state = State.CHUNK_SIZE;
      case TRAILERS -> {
        if (lineLength == 0) {
          state = State.DONE;
        }
      }
      case FIXED_BODY, BODY_TO_END, CHUNK, DONE ->
          throw new IllegalStateException("no line in " + state);
    }
  }

  private void onStatusLine() throws MalformedResponse {
    if (!startsWith("http/1.1 ") || lineLength < 12) {
      throw new MalformedResponse("not a status line of HTTP/1.1");
    }
    status = (int) number(9, 12, 10);
    state = State.HEADERS;
  }

  private void onHeader() throws MalformedResponse {
    if (lineLength == 0) {
      onHeadEnd();
    } else if (startsWith("content-length:")) {
      left = number(15, lineLength, 10);
    } else if (startsWith("transfer-encoding:")) {
      chunked = contains("chunked");
    } else if (startsWith("x-etcd-index:")) {
      etcdIndex = number(13, lineLength, 10);
    } else if (startsWith("connection:")) {
      closes = contains("close");
    }
  }

  private void onHeadEnd() {
    if (status < 200) {
      reset();
    } else if (chunked) {
      state = State.CHUNK_SIZE;
    } else if (left == 0 || status == 204 || status == 304) {
      state = State.DONE;
    } else {
      state = left == UNKNOWN ? State.BODY_TO_END : State.FIXED_BODY;
    }
  }

  private void onChunkSize() throws MalformedResponse {
    int end = 0;
    while (end < lineLength && line[end] != ';') {
      end++;
    }
    left = number(0, end, 16);
    state = left == 0 ? State.TRAILERS : State.CHUNK;
  }

  private void takeBody(ByteBuffer in, long most) {
    int taken = (int) Math.min(in.remaining(), most);
    if (countLines) {
      for (int i = in.position(); i < in.position() + taken; i++) {
        if (in.get(i) == '\n') {
          bodyLines++;
        }
      }
    }
    in.position(in.position() + taken);
    if (state == State.BODY_TO_END) {
      return;
    }
    left -= taken;
    if (left == 0) {
      state = state == State.CHUNK ? State.CHUNK_END : State.DONE;
    }
  }

  private boolean startsWith(String lowerCase) {
    return matches(0, lowerCase);
  }

  private boolean contains(String lowerCase) {
    for (int at = 0; at + lowerCase.length() <= lineLength; at++) {
      if (matches(at, lowerCase)) {
        return true;
      }
    }
    return false;
  }

  /** Compares ASCII letters without case: the bit 0x20 is set in the expected text already. */
  private boolean matches(int at, String lowerCase) {
    if (lineLength - at < lowerCase.length()) {
      return false;
    }
    for (int i = 0; i < lowerCase.length(); i++) {
      if ((line[at + i] | 0x20) != (lowerCase.charAt(i) | 0x20)) {
        return false;
      }
    }
    return true;
  }

  private long number(int from, int to, int radix) throws MalformedResponse {
    int start = from;
    int end = to;
    while (start < end && line[start] == ' ') {
      start++;
    }
    while (end > start && line[end - 1] == ' ') {
      end--;
    }
    if (start == end || end - start > 15) {
      throw new MalformedResponse("not a number");
    }
    long number = 0;
    for (int i = start; i < end; i++) {
      int digit = Character.digit(line[i], radix);
      if (digit < 0) {
        throw new MalformedResponse("not a number");
      }
      number = number * radix + digit;
    }
    return number;
  }
}
