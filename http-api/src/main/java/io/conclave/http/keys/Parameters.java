package io.conclave.http.keys;

import io.conclave.http.PercentDecoding;
import io.conclave.raft.core.Bytes;
import java.util.Optional;

/**
 * The parameters of one request. Only the first value of a name counts, so the body is read before
 * the query; unknown names are ignored (spec v2-keys §2).
 */
final class Parameters {
  private final Bytes[] values = new Bytes[Parameter.values().length];
  private String problem = "";

  Optional<Bytes> get(Parameter parameter) {
    return Optional.ofNullable(values[parameter.ordinal()]);
  }

  boolean has(Parameter parameter) {
    return values[parameter.ordinal()] != null;
  }

  /** What was wrong with the pairs read so far, in Go's words; "" if nothing. */
  String problem() {
    return problem;
  }

  /**
   * Reads {@code name=value} pairs. A bad pair is skipped and reported, the others still count; of
   * several problems the first one is told, but a semicolon outdoes all before it, and what an
   * earlier call reported stays.
   */
  void read(Bytes pairs) {
    String before = problem;
    int start = 0;
    for (int i = 0; i <= pairs.length(); i++) {
      if (i == pairs.length() || pairs.at(i) == '&') {
        if (i > start) {
          readPair(pairs, start, i);
        }
        start = i + 1;
      }
    }
    if (!before.isEmpty()) {
      problem = before;
    }
  }

  private void readPair(Bytes pairs, int from, int to) {
    int equals = to;
    for (int i = to - 1; i >= from; i--) {
      byte b = pairs.at(i);
      if (b == ';') {
        problem = "invalid semicolon separator in query";
        return;
      }
      if (b == '=') {
        equals = i;
      }
    }
    var name = PercentDecoding.decode(pairs, from, equals, true);
    if (name.isEmpty()) {
      badEscape(pairs, from, equals);
      return;
    }
    int valueFrom = Math.min(equals + 1, to);
    var value = PercentDecoding.decode(pairs, valueFrom, to, true);
    if (value.isEmpty()) {
      badEscape(pairs, valueFrom, to);
      return;
    }
    Parameter.named(name.get().utf8()).ifPresent(known -> putFirst(known, value.get()));
  }

  private void putFirst(Parameter parameter, Bytes value) {
    if (!has(parameter)) {
      values[parameter.ordinal()] = value;
    }
  }

  private void badEscape(Bytes pairs, int from, int to) {
    if (problem.isEmpty()) {
      problem = "invalid URL escape " + quoted(PercentDecoding.badEscape(pairs, from, to));
    }
  }

  /** In double quotes, with what is not printable ASCII as {@code \xNN}. */
  private static String quoted(Bytes text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      int b = text.at(i) & 0xff;
      if (b == '"' || b == '\\') {
        quoted.append('\\').append((char) b);
      } else if (b < 0x20 || b >= 0x7f) {
        quoted.append(String.format("\\x%02x", b));
      } else {
        quoted.append((char) b);
      }
    }
    return quoted.append('"').toString();
  }
}
