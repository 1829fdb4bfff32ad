package io.conclave.http;

import io.conclave.raft.core.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The target of a request line, split and decoded by the rules of spec v2-keys §18.
 *
 * <p>Pekko's own reading of the target resolves {@code ..}, decodes {@code %2F} after splitting and
 * turns invalid UTF-8 into U+FFFD, so routing and keys rest on the raw text instead.
 *
 * @param path percent-decoded once, raw bytes; begins with a slash unless it is empty or {@code *}
 * @param rawQuery what follows the first question mark, undecoded; "" if there is none
 */
public record RequestTarget(Bytes path, String rawQuery) {
  private static final byte SLASH = '/';
  private static final byte DOT = '.';

  /** Splits {@code raw}; empty if it is empty or its path has a bad percent-escape. */
  public static Optional<RequestTarget> parse(String raw) {
    if (raw.isEmpty()) {
      return Optional.empty();
    }
    String origin = raw.startsWith("/") ? raw : withoutAuthority(raw);
    int question = origin.indexOf('?');
    String path = question < 0 ? origin : origin.substring(0, question);
    String query = question < 0 ? "" : origin.substring(question + 1);
    return decode(path).map(decoded -> new RequestTarget(decoded, query));
  }

  /** The path as text, for comparing with the fixed routes; invalid UTF-8 matches none of them. */
  public String pathText() {
    return path.utf8();
  }

  public boolean isBelow(String prefix) {
    return path.startsWith(Bytes.utf8(prefix));
  }

  /** True if no component is empty, {@code .} or {@code ..}; one trailing slash is allowed. */
  public boolean isClean() {
    int length = path.length();
    if (length == 0 || path.at(0) != SLASH) {
      return length == 1 && path.at(0) == '*';
    }
    int start = 1;
    for (int i = 1; i <= length; i++) {
      if (i == length || path.at(i) == SLASH) {
        boolean last = i == length;
        if (!isCleanComponent(start, i) && !(last && start == i)) {
          return false;
        }
        start = i + 1;
      }
    }
    return true;
  }

  private boolean isCleanComponent(int from, int to) {
    return switch (to - from) {
      case 0 -> false;
      case 1 -> path.at(from) != DOT;
      case 2 -> path.at(from) != DOT || path.at(from + 1) != DOT;
      default -> true;
    };
  }

  /** {@code http://host/path} becomes {@code /path}: the host named there is ignored. */
  private static String withoutAuthority(String raw) {
    int authority = raw.indexOf("://");
    if (authority < 0) {
      return raw;
    }
    for (int i = authority + 3; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '/' || c == '?') {
        return raw.substring(i);
      }
    }
    return "";
  }

  private static Optional<Bytes> decode(String path) {
    Bytes text = Bytes.adopt(path.getBytes(StandardCharsets.ISO_8859_1));
    return PercentDecoding.decode(text, 0, text.length(), false);
  }
}
