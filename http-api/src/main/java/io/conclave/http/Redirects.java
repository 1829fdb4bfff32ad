package io.conclave.http;

import io.conclave.raft.core.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Where an unclean path leads (spec v2-keys §18). */
final class Redirects {
  private static final Bytes CURRENT = Bytes.utf8(".");
  private static final Bytes PARENT = Bytes.utf8("..");
  private static final String UNRESERVED = "-_.~$&+,/:;=@";

  private Redirects() {}

  /** The cleaned path, escaped again, with the query as it came. */
  static String location(RequestTarget target) {
    String path = escape(clean(target.path()));
    return target.rawQuery().isEmpty() ? path : path + "?" + target.rawQuery();
  }

  /**
   * Drops empty and {@code .} components and resolves {@code ..}, never above the root. A trailing
   * slash stays; {@code /.} and {@code /..} at the end don't leave one.
   */
  private static Bytes clean(Bytes path) {
    List<Bytes> kept = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= path.length(); i++) {
      if (i == path.length() || path.at(i) == '/') {
        keep(path.slice(start, i), kept);
        start = i + 1;
      }
    }
    Bytes slash = Bytes.utf8("/");
    Bytes cleaned = Bytes.EMPTY;
    for (Bytes component : kept) {
      cleaned = cleaned.concat(slash).concat(component);
    }
    boolean trailing = !path.isEmpty() && path.at(path.length() - 1) == '/';
    return kept.isEmpty() || trailing ? cleaned.concat(slash) : cleaned;
  }

  private static void keep(Bytes component, List<Bytes> kept) {
    if (component.equals(PARENT)) {
      if (!kept.isEmpty()) {
        kept.removeLast();
      }
    } else if (!component.isEmpty() && !component.equals(CURRENT)) {
      kept.add(component);
    }
  }

  private static String escape(Bytes path) {
    StringBuilder escaped = new StringBuilder(path.length() + 16);
    for (int i = 0; i < path.length(); i++) {
      int b = path.at(i) & 0xff;
      if (isUnreserved(b)) {
        escaped.append((char) b);
      } else {
        escaped.append('%').append(hexDigit(b >> 4)).append(hexDigit(b & 15));
      }
    }
    return escaped.toString();
  }

  private static boolean isUnreserved(int b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || UNRESERVED.indexOf(b) >= 0;
  }

  private static char hexDigit(int value) {
    return Character.toUpperCase(Character.forDigit(value, 16));
  }
}
