package io.conclave.http;

import io.conclave.raft.core.Bytes;
import java.math.BigDecimal;
import java.util.Arrays;
import org.apache.pekko.util.ByteString;

/**
 * A growing buffer that JSON is written into. Strings come as raw bytes and are escaped as Go's
 * encoder does it, with every byte of invalid UTF-8 as {@code \}{@code ufffd} (spec v2-keys §6).
 */
public final class JsonBytes {
  private static final String HEX = "0123456789abcdef";
  private static final Bytes REPLACEMENT = Bytes.utf8("\\ufffd");
  private static final Bytes LINE_SEPARATOR = Bytes.utf8("\\u2028");
  private static final Bytes PARAGRAPH_SEPARATOR = Bytes.utf8("\\u2029");

  /** Whether an ASCII byte stands for itself inside a string. */
  private static final boolean[] LITERAL = new boolean[128];

  static {
    for (int b = 0x20; b < 128; b++) {
      LITERAL[b] = "\"\\<>&".indexOf(b) < 0;
    }
  }

  private byte[] buffer;
  private int length;

  public JsonBytes(int bytesExpected) {
    buffer = new byte[bytesExpected];
  }

  /** Writes bytes as they are. */
  public JsonBytes raw(Bytes bytes) {
    return raw(bytes.unsafeArray(), 0, bytes.length());
  }

  /** Writes text as it is. */
  public JsonBytes raw(String text) {
    return raw(Bytes.utf8(text));
  }

  public JsonBytes raw(char asciiCharacter) {
    ensure(1);
    buffer[length++] = (byte) asciiCharacter;
    return this;
  }

  public JsonBytes number(long number) {
    if (number < 0) {
      return raw(Long.toString(number));
    }
    return padded(number, digits(number));
  }

  /** Writes the shortest digits that stand for {@code number}, finite, without an exponent. */
  public JsonBytes number(double number) {
    return raw(new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString());
  }

  /** Writes {@code number}, not negative, with leading zeros. */
  public JsonBytes padded(long number, int digits) {
    ensure(digits);
    long rest = number;
    for (int at = length + digits - 1; at >= length; at--) {
      buffer[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
    return this;
  }

  /** Writes a string in quotes. */
  public JsonBytes string(String text) {
    return raw('"').escaped(Bytes.utf8(text)).raw('"');
  }

  /** Writes the inside of a string, without the quotes. */
  public JsonBytes escaped(Bytes text) {
    byte[] source = text.unsafeArray();
    ensure(source.length);
    int at = 0;
    while (at < source.length) {
      int end = literalEnd(source, at);
      raw(source, at, end);
      at = end < source.length ? escapeOne(source, end) : end;
    }
    return this;
  }

  /** What {@link #escaped} would write of {@code text}. */
  public static long escapedLength(Bytes text) {
    byte[] source = text.unsafeArray();
    long length = 0;
    int at = 0;
    while (at < source.length) {
      byte first = source[at];
      int size = first >= 0 ? 1 : Utf8.sequenceLength(source, at);
      length += first >= 0 && LITERAL[first] ? 1 : escapedLength(source, at, size);
      at += Math.max(1, size);
    }
    return length;
  }

  private static int escapedLength(byte[] source, int at, int size) {
    boolean pair = source[at] >= 0 && "\"\\\n\r\t".indexOf(source[at]) >= 0;
    boolean separator =
        size == 3
            && source[at] == (byte) 0xe2
            && source[at + 1] == (byte) 0x80
            && (source[at + 2] & 0xfe) == 0xa8;
    return pair ? 2 : size > 1 && !separator ? size : REPLACEMENT.length();
  }

  /** The written bytes without a copy; the buffer must not be used afterwards. */
  public ByteString toByteString() {
    return ByteString.fromArrayUnsafe(buffer, 0, length);
  }

  public Bytes toBytes() {
    return Bytes.adopt(Arrays.copyOf(buffer, length));
  }

  private JsonBytes raw(byte[] source, int from, int to) {
    ensure(to - from);
    System.arraycopy(source, from, buffer, length, to - from);
    length += to - from;
    return this;
  }

  private static int literalEnd(byte[] source, int from) {
    int end = from;
    while (end < source.length && source[end] >= 0 && LITERAL[source[end]]) {
      end++;
    }
    return end;
  }

  /** Writes the character at {@code at}, which is not literal ASCII; returns where the next is. */
  private int escapeOne(byte[] source, int at) {
    byte first = source[at];
    if (first >= 0) {
      escapeAscii(first);
      return at + 1;
    }
    int size = Utf8.sequenceLength(source, at);
    if (size == 0) {
      raw(REPLACEMENT);
      return at + 1;
    }
    if (size == 3 && first == (byte) 0xe2 && source[at + 1] == (byte) 0x80) {
      if (source[at + 2] == (byte) 0xa8) {
        raw(LINE_SEPARATOR);
        return at + 3;
      }
      if (source[at + 2] == (byte) 0xa9) {
        raw(PARAGRAPH_SEPARATOR);
        return at + 3;
      }
    }
    raw(source, at, at + size);
    return at + size;
  }

  private void escapeAscii(byte b) {
    raw('\\');
    switch (b) {
      case '"', '\\' -> raw((char) b);
      case '\n' -> raw('n');
      case '\r' -> raw('r');
      case '\t' -> raw('t');
      default -> {
        ensure(5);
        buffer[length++] = 'u';
        buffer[length++] = '0';
        buffer[length++] = '0';
        buffer[length++] = (byte) HEX.charAt(b >> 4);
        buffer[length++] = (byte) HEX.charAt(b & 15);
      }
    }
  }

  private static int digits(long number) {
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    return digits;
  }

  private void ensure(int more) {
    if (buffer.length - length < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
    }
  }
}
