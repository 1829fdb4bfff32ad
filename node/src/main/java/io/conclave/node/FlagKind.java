package io.conclave.node;

import io.conclave.http.MemberUrl;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.TypeConversionException;

/** What a flag's text must look like. The reasons for refusing one are those of etcd 2.3.8. */
enum FlagKind {
  /** Any text. */
  TEXT,
  /** Zero or a positive whole number; {@code 0x}, {@code 0} and {@code 0b} prefixes as in Go. */
  NUMBER,
  /** Given alone or with {@code =}; never takes the next argument. */
  BOOLEAN,
  /** URLs separated by commas. */
  URLS,
  /** One word of a fixed set. */
  CHOICE,
  /** {@code ip:port}. */
  ADDRESS,
  /** Had a meaning before 2.0: taken with a warning, in the form of a boolean, with any value. */
  IGNORED,
  /** Had a meaning before 2.0: refused. */
  REMOVED;

  private static final Optional<String> PARSE_ERROR = Optional.of("parse error");
  private static final Optional<String> INVALID = Optional.of("invalid value");

  /** May the flag stand without a value? Then the next argument is never its value. */
  boolean isBoolean() {
    return this == BOOLEAN || this == IGNORED;
  }

  /** Throws {@link TypeConversionException} with the reason if {@code text} can't be taken. */
  void check(Flag flag, String text) {
    Optional<String> problem =
        switch (this) {
          case TEXT, IGNORED -> Optional.empty();
          case NUMBER -> problemOfNumber(text);
          case BOOLEAN -> parseBoolean(text).isPresent() ? Optional.empty() : PARSE_ERROR;
          case CHOICE -> flag.choices().contains(text) ? Optional.empty() : INVALID;
          case URLS -> MemberUrl.problemOfList(text);
          case ADDRESS -> IpAddressPort.problem(text);
          case REMOVED ->
              Optional.of("flag \"-%s\" is no longer supported.".formatted(flag.flagName()));
        };
    if (problem.isPresent()) {
      throw new TypeConversionException(problem.get());
    }
  }

  /** The words that Go takes for a boolean. */
  static Optional<Boolean> parseBoolean(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> Optional.of(true);
      case "0", "f", "F", "false", "FALSE", "False" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** Parses a number whose text was checked. */
  static long parseNumber(String text) {
    String digits = text.toLowerCase(Locale.ROOT);
    if (digits.startsWith("0x")) {
      return parseDigits(digits.substring(2), 16);
    }
    if (digits.startsWith("0b")) {
      return parseDigits(digits.substring(2), 2);
    }
    if (digits.length() > 1 && digits.startsWith("0")) {
      return parseDigits(digits.substring(digits.startsWith("0o") ? 2 : 1), 8);
    }
    return parseDigits(digits, 10);
  }

  private static long parseDigits(String digits, int radix) {
    if (digits.startsWith("+") || digits.startsWith("-")) {
      throw new NumberFormatException(digits);
    }
    return Long.parseLong(digits, radix);
  }

  private static Optional<String> problemOfNumber(String text) {
    try {
      parseNumber(text);
      return Optional.empty();
    } catch (NumberFormatException e) {
      boolean isTooLarge = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
      return isTooLarge ? Optional.of("value out of range") : PARSE_ERROR;
    }
  }
}
