package io.conclave.testkit.golden;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** JSON that remembers the order of fields and the spelling of every leaf. */
sealed interface Json {

  /** The compact text, each leaf spelled as it was read. */
  String text();

  /** An object; a name may come twice. */
  record Obj(List<Member> members) implements Json {
    public Obj {
      members = List.copyOf(members);
    }

    Optional<Json> find(String name) {
      return members.stream()
          .filter(member -> member.name().equals(name))
          .map(Member::value)
          .findFirst();
    }

    boolean has(String name) {
      return find(name).isPresent();
    }

    @Override
    public String text() {
      return members.stream()
          .map(member -> member.rawName() + ":" + member.value().text())
          .collect(Collectors.joining(",", "{", "}"));
    }
  }

  /** A field: its name as spelled, quotes included, and as meant. */
  record Member(String rawName, String name, Json value) {}

  /** An array. */
  record Arr(List<Json> elements) implements Json {
    public Arr {
      elements = List.copyOf(elements);
    }

    @Override
    public String text() {
      return elements.stream().map(Json::text).collect(Collectors.joining(",", "[", "]"));
    }
  }

  /** A string as spelled, quotes included, and as meant. */
  record Str(String text, String value) implements Json {
    /** Spells the value with no more escapes than JSON demands. */
    static Str of(String value) {
      StringBuilder text = new StringBuilder("\"");
      for (char c : value.toCharArray()) {
        switch (c) {
          case '"' -> text.append("\\\"");
          case '\\' -> text.append("\\\\");
          case '\n' -> text.append("\\n");
          case '\r' -> text.append("\\r");
          case '\t' -> text.append("\\t");
          default -> text.append(c < ' ' ? "\\u%04x".formatted((int) c) : Character.toString(c));
        }
      }
      return new Str(text.append('"').toString(), value);
    }
  }

  /** A number, true, false, null, or a placeholder that stands for a number. */
  record Literal(String text) implements Json {
    boolean isInteger() {
      return text.matches("-?\\d+");
    }
  }
}
