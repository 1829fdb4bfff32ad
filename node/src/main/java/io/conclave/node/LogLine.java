package io.conclave.node;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;

/**
 * A line of the log in etcd 2.3.8's form: {@code 2006-01-02 15:04:05.000000 L | package: text}, in
 * local time, L one of C E W N I D.
 */
final class LogLine {
  private LogLine() {}

  /** The line without its end. Control characters are escaped, so that a line stays one line. */
  static String format(Instant time, char level, String origin, String text) {
    LocalDateTime local = LocalDateTime.ofInstant(time, ZoneId.systemDefault());
    var line = new StringBuilder(64 + text.length());
    digits(line, local.getYear(), 4).append('-');
    digits(line, local.getMonthValue(), 2).append('-');
    digits(line, local.getDayOfMonth(), 2).append(' ');
    digits(line, local.getHour(), 2).append(':');
    digits(line, local.getMinute(), 2).append(':');
    digits(line, local.getSecond(), 2).append('.');
    digits(line, local.getNano() / 1000, 6);
    line.append(' ').append(level).append(" | ").append(origin).append(": ");
    escape(line, text);
    return line.toString();
  }

  private static StringBuilder digits(StringBuilder line, int number, int width) {
    String digits = Integer.toString(number);
    return line.repeat('0', width - digits.length()).append(digits);
  }

  private static void escape(StringBuilder line, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line.append("\\n");
      } else if (Character.isISOControl(c) && c != '\t') {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
  }
}
