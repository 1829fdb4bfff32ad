package io.conclave.http.keys;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The media type of a Content-Type header, read as strictly as 2.3.8 reads it, because what it
 * can't parse is an error 210 (spec v2-keys §2).
 *
 * @param name lower case, without parameters; "" if unknown
 * @param problem what is wrong with the header, in Go's words; "" if nothing
 */
record MediaType(String name, String problem) {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final MediaType FORM_TYPE = new MediaType(FORM, "");

  /**
   * @param header its text; "" for none, which is valid and no form
   */
  static MediaType parse(String header) {
    if (header.equals(FORM)) {
      return FORM_TYPE;
    }
    return header.isEmpty() ? new MediaType("", "") : new Reader(header).read();
  }

  boolean isForm() {
    return name.equals(FORM);
  }

  boolean isValid() {
    return problem.isEmpty();
  }

  /** A cursor over the header. */
  private static final class Reader {
    private static final String SEPARATORS = "()<>@,;:\\\"/[]?=";

    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    MediaType read() {
      int semicolon = text.indexOf(';');
      String name = text.substring(0, semicolon < 0 ? text.length() : semicolon);
      String type = name.strip().toLowerCase(Locale.ROOT);
      String problem = problemOfType(type);
      if (!problem.isEmpty()) {
        return new MediaType("", problem);
      }
      at = name.length();
      return new MediaType(type, problemOfParameters());
    }

    private static String problemOfType(String type) {
      int slash = tokenEnd(type, 0);
      if (slash == 0) {
        return "mime: no media type";
      }
      if (slash == type.length()) {
        return "";
      }
      if (type.charAt(slash) != '/') {
        return "mime: expected slash after first token";
      }
      int end = tokenEnd(type, slash + 1);
      if (end == slash + 1) {
        return "mime: expected token after slash";
      }
      return end == type.length() ? "" : "mime: unexpected content after media subtype";
    }

    private String problemOfParameters() {
      Map<String, String> seen = new HashMap<>();
      while (true) {
        skipBlanks();
        if (at == text.length()) {
          return "";
        }
        if (text.substring(at).strip().equals(";")) {
          return "";
        }
        String name = parameterName();
        int valueFrom = at;
        String value = name.isEmpty() ? "" : parameterValue();
        if (name.isEmpty() || at == valueFrom) {
          return "mime: invalid media parameter";
        }
        String other = seen.putIfAbsent(name, value);
        if (other != null && !other.equals(value)) {
          return "mime: duplicate parameter name";
        }
      }
    }

    /** Reads {@code ; name =}; "" if it isn't there. */
    private String parameterName() {
      if (text.charAt(at) != ';') {
        return "";
      }
      at++;
      skipBlanks();
      int end = tokenEnd(text, at);
      String name = text.substring(at, end).toLowerCase(Locale.ROOT);
      at = end;
      skipBlanks();
      if (at == text.length() || text.charAt(at) != '=') {
        return "";
      }
      at++;
      skipBlanks();
      return name;
    }

    /** Reads a token or a quoted text, and stays where it is if there is neither. */
    private String parameterValue() {
      if (at == text.length() || text.charAt(at) != '"') {
        int from = at;
        at = tokenEnd(text, at);
        return text.substring(from, at);
      }
      StringBuilder value = new StringBuilder();
      for (int i = at + 1; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '"') {
          at = i + 1;
          return value.toString();
        }
        boolean escape =
            c == '\\' && i + 1 < text.length() && SEPARATORS.indexOf(text.charAt(i + 1)) >= 0;
        value.append(escape ? text.charAt(++i) : c);
      }
      return "";
    }

    private void skipBlanks() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private static int tokenEnd(String text, int from) {
      int end = from;
      while (end < text.length() && isTokenCharacter(text.charAt(end))) {
        end++;
      }
      return end;
    }

    private static boolean isTokenCharacter(char c) {
      return c > 0x20 && c < 0x7f && SEPARATORS.indexOf(c) < 0;
    }
  }
}
