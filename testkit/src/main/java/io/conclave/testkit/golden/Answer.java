package io.conclave.testkit.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What came back, or should have, in the words of a recording: volatile values are placeholders.
 *
 * @param facts {@code status}, {@code ended}, {@code silent}, {@code error}, {@code dropped},
 *     {@code noAnswer}, as far as they apply
 * @param headers the headers that count, names in lower case
 * @param body the text of the body
 * @param summary names in the body, where only these are compared
 */
record Answer(
    SortedMap<String, String> facts,
    SortedMap<String, String> headers,
    Optional<String> body,
    Optional<SortedSet<String>> summary) {

  /** What comes back from a step that only does something. */
  static final Answer NOTHING =
      new Answer(new TreeMap<>(), new TreeMap<>(), Optional.empty(), Optional.empty());

  /** An answer that is no response, such as a silence. */
  static Answer of(String fact, String value) {
    return new Answer(
        new TreeMap<>(Map.of(fact, value)), new TreeMap<>(), Optional.empty(), Optional.empty());
  }

  /** How a line of a body came. */
  static Answer line(String body, boolean ended) {
    return new Answer(
        new TreeMap<>(Map.of("ended", Boolean.toString(ended))),
        new TreeMap<>(),
        Optional.of(body),
        Optional.empty());
  }

  /** The answer that a recording expects. */
  static Answer recorded(Json.Obj response) {
    SortedMap<String, String> facts = new TreeMap<>();
    SortedMap<String, String> headers = new TreeMap<>();
    Optional<String> body = Optional.empty();
    Optional<SortedSet<String>> summary = Optional.empty();
    for (Json.Member member : response.members()) {
      switch (member.name()) {
        case "status", "ended", "silent", "error", "dropped", "noAnswer" ->
            facts.put(member.name(), plain(member.value()));
        case "headers" -> {
          for (Json.Member header : ((Json.Obj) member.value()).members()) {
            headers.put(header.name().toLowerCase(Locale.ROOT), plain(header.value()));
          }
        }
        case "body" -> body = Optional.of(plain(member.value()));
        case "bodySummary" -> summary = Optional.of(names((Json.Arr) member.value()));
        case "framing", "bodyJson" -> {
          // The framing is the server's own choice; bodyJson repeats the body for readers.
        }
        default -> throw new IllegalArgumentException("unknown field " + member.name());
      }
    }
    return new Answer(facts, headers, body, summary);
  }

  /** Whether this is a response with that status or a higher one. */
  boolean isAtLeast(int status) {
    return Integer.parseInt(facts.getOrDefault("status", "0")) >= status;
  }

  /** Whether this is a response that says a write was done. */
  boolean isWritten() {
    return Set.of("200", "201").contains(facts.getOrDefault("status", ""));
  }

  /**
   * What is wrong with another answer, taking this one as right.
   *
   * @param ignoredHeaders names in lower case that are not compared
   * @param lagSeconds how much later the other answer may have been asked for than this one
   */
  List<String> differences(Answer got, Set<String> ignoredHeaders, long lagSeconds) {
    List<String> differences = new ArrayList<>();
    compare(differences, "", facts, got.facts, Set.of());
    compare(differences, "header ", headers, got.headers, ignoredHeaders);
    if (summary.isPresent()) {
      SortedSet<String> missing = new TreeSet<>(summary.get());
      missing.removeAll(got.summary.orElse(new TreeSet<>()));
      if (!missing.isEmpty()) {
        differences.add("body lacks " + String.join(", ", missing));
      }
    }
    body.ifPresent(
        text -> differences.addAll(BodyDifference.between(text, got.body.orElse(""), lagSeconds)));
    return differences;
  }

  private static void compare(
      List<String> differences,
      String kind,
      Map<String, String> want,
      Map<String, String> got,
      Set<String> ignored) {
    SortedSet<String> names = new TreeSet<>(want.keySet());
    names.addAll(got.keySet());
    names.removeAll(ignored);
    for (String name : names) {
      String expected = want.getOrDefault(name, "absent");
      String actual = got.getOrDefault(name, "absent");
      if (!expected.equals(actual)) {
        differences.add("%s%s: %s, expected %s".formatted(kind, name, actual, expected));
      }
    }
  }

  private static SortedSet<String> names(Json.Arr array) {
    SortedSet<String> names = new TreeSet<>();
    array.elements().forEach(element -> names.add(plain(element)));
    return names;
  }

  private static String plain(Json value) {
    return value instanceof Json.Str string ? string.value() : value.text();
  }
}
