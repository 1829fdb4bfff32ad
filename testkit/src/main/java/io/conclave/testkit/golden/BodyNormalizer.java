package io.conclave.testkit.golden;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Puts placeholders into the body of one response. */
final class BodyNormalizer {
  private static final Pattern TIME =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{0,8}[1-9])?(Z|[+-]\\d\\d:\\d\\d)");
  private static final Pattern UPTIME =
      Pattern.compile("(\\d+h)?(\\d+m)?\\d+(\\.\\d+)?(s|ms|µs|us|ns)");
  private static final Pattern ID = Pattern.compile("[0-9a-f]{1,16}");
  private static final Pattern ID_AS_NAME = Pattern.compile("[0-9a-f]{13,16}");
  private static final Set<String> COUNTERS =
      Set.of(
          "setsSuccess",
          "setsFail",
          "deleteSuccess",
          "deleteFail",
          "updateSuccess",
          "updateFail",
          "createSuccess",
          "createFail",
          "compareAndSwapSuccess",
          "compareAndSwapFail",
          "compareAndDeleteSuccess",
          "compareAndDeleteFail",
          "expireCount",
          "watchers");
  private static final Set<String> FREE_COUNTERS = Set.of("getsSuccess", "getsFail");

  private final Placeholders placeholders;
  private final GoldenStep.Request request;

  BodyNormalizer(Placeholders placeholders, GoldenStep.Request request) {
    this.placeholders = placeholders;
    this.request = request;
  }

  /**
   * The body with placeholders. A body that is not compact JSON (one value, or several in a row) is
   * treated as free text.
   */
  String normalize(String body) {
    try {
      StringBuilder normalized = new StringBuilder();
      String rest = body;
      while (!rest.isBlank() || normalized.isEmpty()) {
        JsonParser parser = new JsonParser(rest);
        Json value = parser.next();
        String tail = rest.substring(parser.position());
        if (!rest.equals(value.text() + tail)) {
          return placeholders.text(body);
        }
        normalized.append(walk(value, List.of()).text());
        rest = tail;
      }
      return normalized.append(rest).toString();
    } catch (IllegalArgumentException e) {
      return placeholders.text(body);
    }
  }

  private Json walk(Json value, List<String> path) {
    return switch (value) {
      case Json.Obj object -> object(object, path);
      case Json.Arr array -> array(array, path);
      case Json.Str string -> string(string, path, false);
      case Json.Literal literal -> literal(literal, path, false, false);
    };
  }

  private Json object(Json.Obj object, List<String> path) {
    boolean isError = path.isEmpty() && object.has("errorCode");
    boolean isStats = path.isEmpty() && object.has("getsSuccess");
    List<Json.Member> members = new ArrayList<>();
    for (Json.Member member : object.members()) {
      List<String> inner = append(path, member.name());
      Json value =
          switch (member.value()) {
            case Json.Str string -> string(string, inner, isError);
            case Json.Literal literal -> literal(literal, inner, isError, isStats);
            case Json deeper -> walk(deeper, inner);
          };
      boolean isMember =
          ID_AS_NAME.matcher(member.name()).matches() && placeholders.knowsMember(member.name());
      String name = isMember ? placeholders.member(member.name()) : member.name();
      members.add(
          new Json.Member(isMember ? Json.Str.of(name).text() : member.rawName(), name, value));
    }
    return new Json.Obj(members);
  }

  private Json array(Json.Arr array, List<String> path) {
    List<Json> elements = new ArrayList<>();
    for (Json element : array.elements()) {
      elements.add(walk(element, path));
    }
    boolean isNodes = path.isEmpty() || path.getLast().equals("nodes");
    if (isNodes && request.unordered()) {
      elements.sort(Comparator.comparing(element -> field(element, "key")));
    }
    if (path.equals(List.of("members"))) {
      List<String> ids = array.elements().stream().map(member -> field(member, "id")).toList();
      List<String> sorted = ids.stream().sorted(Comparator.comparing(BodyNormalizer::id)).toList();
      if (!ids.equals(sorted)) {
        placeholders.note("members are not sorted by id");
      }
      elements.sort(Comparator.comparing(element -> field(element, "id")));
    }
    return new Json.Arr(elements);
  }

  private Json string(Json.Str string, List<String> path, boolean inError) {
    String value = string.value();
    String placeholder =
        switch (path.isEmpty() ? "" : path.getLast()) {
          case "cause" -> inError ? placeholders.cause(value, request) : placeholders.text(value);
          case "expiration", "startTime" ->
              TIME.matcher(value).matches() ? "<time>" : placeholders.text(value);
          case "uptime" -> UPTIME.matcher(value).matches() ? "<uptime>" : placeholders.text(value);
          case "id", "leader" ->
              ID.matcher(value).matches() ? placeholders.member(value) : placeholders.text(value);
          case "value" -> value;
          default -> placeholders.text(value);
        };
    return placeholder.equals(value) ? string : Json.Str.of(placeholder);
  }

  private Json literal(Json.Literal literal, List<String> path, boolean inError, boolean inStats) {
    if (!literal.isInteger() || path.isEmpty()) {
      return literal;
    }
    String name = path.getLast();
    String digits = literal.text();
    if (inStats && FREE_COUNTERS.contains(name)) {
      return new Json.Literal("<n>");
    }
    if (inStats && COUNTERS.contains(name)) {
      return new Json.Literal(placeholders.counter(name, Long.parseLong(digits)));
    }
    return switch (name) {
      case "modifiedIndex", "createdIndex" -> index(literal);
      case "index" -> inError ? index(literal) : literal;
      case "ttl" -> new Json.Literal("<ttl:" + digits + ">");
      case "id" ->
          new Json.Literal(
              placeholders
                  .member(Long.toHexString(Long.parseUnsignedLong(digits)))
                  .replace("Id:", "IdDec:"));
      default -> literal;
    };
  }

  private Json index(Json.Literal literal) {
    return placeholders.index(literal.text()).<Json>map(Json.Literal::new).orElse(literal);
  }

  private static long id(String hex) {
    return hex.isEmpty() ? 0 : Long.parseUnsignedLong(hex, 16) + Long.MIN_VALUE;
  }

  private static String field(Json element, String name) {
    return element instanceof Json.Obj object
            && object.find(name).orElse(null) instanceof Json.Str string
        ? string.value()
        : "";
  }

  private static List<String> append(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return longer;
  }
}
