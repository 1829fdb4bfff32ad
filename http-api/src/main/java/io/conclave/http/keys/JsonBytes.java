package io.conclave.http.keys;

import io.conclave.raft.core.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.pekko.util.ByteString;

/**
 * A growing buffer that JSON is written into. Strings come as raw bytes and are escaped as Go's
 * encoder does it, with every byte of invalid UTF-8 as {@code \}{@code ufffd} (spec v2-keys §6).
 */
final class JsonBytes {
  private static final byte[] HEX = ascii("0123456789abcdef");
  private static final byte[] REPLACEMENT = ascii("\\ufffd");
  private static final byte[] LINE_SEPARATOR = ascii("\\u2028");
  private static final byte[] PARAGRAPH_SEPARATOR = ascii("\\u2029");

  /** Whether an ASCII byte stands for itself inside a string. */
  private static final boolean[] LITERAL = new boolean[128];

  static {
    for (int b = 0x20; b < 128; b++) {
      LITERAL[b] = "\"\\<>&".indexOf(b) < 0;
    }
  }

  private byte[] buffer;
  private int length;

  JsonBytes(int bytesExpected) {
    buffer = new byte[bytesExpected];
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes bytes as they are. */
  JsonBytes raw(byte[] bytes) {
    ensure(bytes.length);
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
    return this;
  }

  JsonBytes raw(char asciiCharacter) {
    ensure(1);
    buffer[length++] = (byte) asciiCharacter;
    return this;
  }

  JsonBytes number(long number) {
    if (number < 0) {
      return raw(ascii(Long.toString(number)));
    }
    return padded(number, digits(number));
  }

  /** Writes {@code number}, not negative, with leading zeros. */
  JsonBytes padded(long number, int digits) {
    ensure(digits);
    long rest = number;
    for (int at = length + digits - 1; at >= length; at--) {
      buffer[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
    return this;
  }

  /** Writes the inside of a string, without the quotes. */
  JsonBytes escaped(Bytes text) {
    byte[] source = text.unsafeArray();
    ensure(source.length);
    int at = 0;
    while (at < source.length) {
      int end = literalEnd(source, at);
      ensure(end - at);
      System.arraycopy(source, at, buffer, length, end - at);
      length += end - at;
      at = end < source.length ? escapeOne(source, end) : end;
    }
    return this;
  }

  /** The written bytes without a copy; the buffer must not be used afterwards. */
  ByteString toByteString() {
    return ByteString.fromArrayUnsafe(buffer, 0, length);
  }

  Bytes toBytes() {
    return Bytes.adopt(Arrays.copyOf(buffer, length));
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
    ensure(size);
    System.arraycopy(source, at, buffer, length, size);
    length += size;
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
        buffer[length++] = HEX[b >> 4];
        buffer[length++] = HEX[b & 15];
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
