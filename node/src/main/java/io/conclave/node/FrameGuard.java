package io.conclave.node;

import java.nio.ByteBuffer;

/**
 * Follows the framing of one inbound Artery connection behind its magic: one byte with the stream
 * id, then frames of a little-endian length and that many bytes. Artery itself believes any length,
 * so a stranger's claim of 1 GiB would exhaust the heap and one near 2^31 would spin for ever.
 *
 * <p>Holds a few bytes of state and never keeps or changes what passes. Not thread-safe.
 */
final class FrameGuard {
  private static final int STREAM_CONTROL = 1;
  private static final int STREAM_LARGE = 3;

  private final Limits limits;
  private int frameBytesMax;
  private int payloadLeft;
  private int headerBits;
  private int header;
  private boolean framePassed;
  private Verdict verdict = Verdict.FINE;

  /**
   * The longest frames that the receiving system is configured for.
   *
   * @param frameBytesMax on the control and the ordinary stream
   * @param largeFrameBytesMax on the large stream
   */
  record Limits(int frameBytesMax, int largeFrameBytesMax) {
    Limits {
      if (frameBytesMax < 1 || largeFrameBytesMax < 1) {
        throw new IllegalArgumentException("no frame would pass");
      }
    }
  }

  /** What is known about the connection so far; everything but {@code FINE} is final. */
  enum Verdict {
    FINE,
    /** The stream id is none of 1 (control), 2 (ordinary) and 3 (large). */
    UNKNOWN_STREAM,
    /** A frame claims no bytes, a negative number, or more than its stream allows. */
    FRAME_LENGTH
  }

  FrameGuard(Limits limits) {
    this.limits = limits;
  }

  /**
   * Looks at the next bytes of the connection, from position to limit, and moves neither. Unless
   * the verdict is {@code FINE} none of them may be passed on.
   */
  Verdict inspect(ByteBuffer bytes) {
    int at = bytes.position();
    int end = bytes.limit();
    if (frameBytesMax == 0 && at < end) {
      readStreamId(bytes.get(at++));
    }
    while (at < end && verdict == Verdict.FINE) {
      if (payloadLeft > 0) {
        int skipped = Math.min(payloadLeft, end - at);
        payloadLeft -= skipped;
        at += skipped;
        framePassed |= payloadLeft == 0;
      } else {
        readHeader(bytes.get(at++));
      }
    }
    return verdict;
  }

  /** Whether a whole frame has passed. */
  boolean framePassed() {
    return framePassed;
  }

  private void readStreamId(int streamId) {
    if (streamId < STREAM_CONTROL || streamId > STREAM_LARGE) {
      verdict = Verdict.UNKNOWN_STREAM;
      return;
    }
    frameBytesMax = streamId == STREAM_LARGE ? limits.largeFrameBytesMax() : limits.frameBytesMax();
  }

  private void readHeader(byte next) {
    header |= (next & 0xFF) << headerBits;
    headerBits += Byte.SIZE;
    if (headerBits < Integer.SIZE) {
      return;
    }
    if (header < 1 || header > frameBytesMax) {
      verdict = Verdict.FRAME_LENGTH;
    }
    payloadLeft = header;
    header = 0;
    headerBits = 0;
  }
}
