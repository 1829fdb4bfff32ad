package io.conclave.testkit.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads JSON values out of a text, one after another. Besides numbers it accepts placeholders such
 * as {@code <idx:+1>}, which recordings have in their places.
 */
final class JsonParser {
  private static final Pattern LITERAL =
      Pattern.compile(
          "true|false|null|-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|<[a-zA-Z0-9]+(?::[+-]?\\d+)?>");
  private static final int DEPTH_MAX = 500;

  private final String text;
  private int at;
  private int depth;

  JsonParser(String text) {
    this.text = text;
  }

  /**
   * Reads a text that holds one value.
   *
   * @throws IllegalArgumentException when it is not JSON
   */
  static Json parse(String text) {
    JsonParser parser = new JsonParser(text);
    Json value = parser.next();
    parser.skipBlanks();
    if (parser.at != text.length()) {
      throw parser.refused("more than one value");
    }
    return value;
  }

  /** How far into the text the values read so far reach. */
  int position() {
    return at;
  }

  /**
   * Reads the next value; what follows it stays.
   *
   * @throws IllegalArgumentException when there is none
   */
  Json next() {
    skipBlanks();
    if (depth > DEPTH_MAX) {
      throw refused("nested too deeply");
    }
    depth++;
    Json value =
        switch (peek()) {
          case '{' -> new Json.Obj(list('}', this::member));
          case '[' -> new Json.Arr(list(']', this::next));
          case '"' -> string();
          default -> literal();
        };
    depth--;
    return value;
  }

  private <T> List<T> list(char close, Supplier<T> element) {
    List<T> elements = new ArrayList<>();
    at++;
    skipBlanks();
    if (peek() == close) {
      at++;
      return elements;
    }
    while (true) {
      elements.add(element.get());
      skipBlanks();
      char c = peek();
      at++;
      if (c == close) {
        return elements;
      }
      if (c != ',') {
        throw refused("comma expected");
      }
    }
  }

  private Json.Member member() {
    skipBlanks();
    Json.Str name = string();
    skipBlanks();
    if (peek() != ':') {
      throw refused("colon expected");
    }
    at++;
    return new Json.Member(name.text(), name.value(), next());
  }

  private Json.Str string() {
    if (peek() != '"') {
      throw refused("string expected");
    }
    int from = at++;
    while (peek() != '"') {
      if (peek() < ' ') {
        throw refused("string without an end");
      }
      at += peek() == '\\' ? 2 : 1;
    }
    at++;
    return new Json.Str(text.substring(from, at), unescape(text.substring(from + 1, at - 1)));
  }

  private Json.Literal literal() {
    Matcher matcher = LITERAL.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      throw refused("value expected");
    }
    at = matcher.end();
    return new Json.Literal(matcher.group());
  }

  private String unescape(String spelled) {
    if (spelled.indexOf('\\') < 0) {
      return spelled;
    }
    StringBuilder value = new StringBuilder();
    for (int i = 0; i < spelled.length(); i++) {
      char c = spelled.charAt(i);
      if (c != '\\') {
        value.append(c);
        continue;
      }
      char escaped = spelled.charAt(++i);
      switch (escaped) {
        case 'n' -> value.append('\n');
        case 'r' -> value.append('\r');
        case 't' -> value.append('\t');
        case 'b' -> value.append('\b');
        case 'f' -> value.append('\f');
        case '"', '\\', '/' -> value.append(escaped);
        case 'u' -> {
          if (i + 4 >= spelled.length()) {
            throw refused("escape cut short");
          }
          value.append((char) Integer.parseInt(spelled.substring(i + 1, i + 5), 16));
          i += 4;
        }
        default -> throw refused("unknown escape");
      }
    }
    return value.toString();
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  void skipBlanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private IllegalArgumentException refused(String why) {
    return new IllegalArgumentException(why + " at " + at);
  }
}
