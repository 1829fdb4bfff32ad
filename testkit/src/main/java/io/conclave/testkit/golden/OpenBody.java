package io.conclave.testkit.golden;

import io.conclave.raft.core.Bytes;
import io.conclave.testkit.wire.WireConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** A response whose head has come and whose body is read line by line. */
final class OpenBody implements AutoCloseable {
  private static final Duration END_WAIT = Duration.ofMillis(400);

  private final WireConnection connection;
  private final GoldenStep.Request request;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

  OpenBody(WireConnection connection, GoldenStep.Request request) {
    this.connection = connection;
    this.request = request;
  }

  /** What was asked to get this body. */
  GoldenStep.Request request() {
    return request;
  }

  /** A line with its end, or what there is at the end of the body. */
  record Line(Bytes bytes, boolean ended) {}

  /**
   * Reads the next line, and looks for a moment whether the body ends behind it.
   *
   * @throws SocketTimeoutException when none comes in that time
   */
  Line readLine(Duration wait) throws IOException {
    connection.limit(wait);
    while (lineEnd() < 0) {
      if (!readSome()) {
        return new Line(take(pending.size()), true);
      }
    }
    Bytes line = take(lineEnd() + 1);
    return new Line(line, pending.size() == 0 && endsSoon());
  }

  /** Whether nothing comes in that time, neither bytes nor the end. */
  boolean isSilent(Duration time) throws IOException {
    if (pending.size() > 0) {
      return false;
    }
    connection.limit(time);
    try {
      readSome();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (ProtocolException e) {
      return false;
    }
  }

  @Override
  public void close() {
    connection.close();
  }

  private boolean endsSoon() throws IOException {
    connection.limit(END_WAIT);
    try {
      return !readSome();
    } catch (SocketTimeoutException | ProtocolException e) {
      return false;
    }
  }

  private boolean readSome() throws IOException {
    Optional<Bytes> piece = connection.readSome();
    if (piece.isPresent()) {
      pending.write(piece.get().unsafeArray());
    }
    return piece.isPresent();
  }

  private int lineEnd() {
    byte[] bytes = pending.toByteArray();
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private Bytes take(int length) {
    byte[] bytes = pending.toByteArray();
    pending.reset();
    pending.write(bytes, length, bytes.length - length);
    return Bytes.adopt(Arrays.copyOf(bytes, length));
  }
}
