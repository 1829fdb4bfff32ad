package io.conclave.http;

import io.conclave.raft.core.Bytes;
import java.util.Arrays;
import java.util.Optional;

/** Percent-decoding to raw bytes, whatever they mean in UTF-8. */
public final class PercentDecoding {
  private PercentDecoding() {}

  /**
   * Decodes the bytes from {@code from} (inclusive) to {@code to} (exclusive); empty if an escape
   * is not two hex digits.
   *
   * @param plusIsSpace true in queries and forms, false in paths
   */
  public static Optional<Bytes> decode(Bytes text, int from, int to, boolean plusIsSpace) {
    if (!isEncoded(text, from, to, plusIsSpace)) {
      return Optional.of(text.slice(from, to));
    }
    byte[] decoded = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      byte b = text.at(i);
      if (b == '%') {
        if (!isEscape(text, i, to)) {
          return Optional.empty();
        }
        b = (byte) (hex(text.at(i + 1)) << 4 | hex(text.at(i + 2)));
        i += 2;
      } else if (b == '+' && plusIsSpace) {
        b = ' ';
      }
      decoded[length++] = b;
    }
    return Optional.of(Bytes.adopt(Arrays.copyOf(decoded, length)));
  }

  /** The first bad escape of a text that {@link #decode} refused, at most three bytes of it. */
  public static Bytes badEscape(Bytes text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.at(i) == '%') {
        if (!isEscape(text, i, to)) {
          return text.slice(i, Math.min(i + 3, to));
        }
        i += 2;
      }
    }
    return Bytes.EMPTY;
  }

  private static boolean isEncoded(Bytes text, int from, int to, boolean plusIsSpace) {
    for (int i = from; i < to; i++) {
      byte b = text.at(i);
      if (b == '%' || (b == '+' && plusIsSpace)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isEscape(Bytes text, int at, int to) {
    return at + 2 < to && hex(text.at(at + 1)) >= 0 && hex(text.at(at + 2)) >= 0;
  }

  /** -1 for anything but a hex digit; unlike {@link Character#digit} ASCII only. */
  private static int hex(byte digit) {
    if (digit >= '0' && digit <= '9') {
      return digit - '0';
    }
    int lower = digit | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
