package io.conclave.http.keys;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The parameters that mean something, in a query or a form (spec v2-keys §2). */
enum Parameter {
  VALUE("value"),
  TTL("ttl"),
  DIR("dir"),
  PREV_EXIST("prevExist"),
  PREV_VALUE("prevValue"),
  PREV_INDEX("prevIndex"),
  RECURSIVE("recursive"),
  SORTED("sorted"),
  QUORUM("quorum"),
  WAIT("wait"),
  WAIT_INDEX("waitIndex"),
  STREAM("stream"),
  REFRESH("refresh");

  private static final Map<String, Parameter> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(p -> p.text, Function.identity()));

  private final String text;

  Parameter(String text) {
    this.text = text;
  }

  /** As it is written in requests. */
  String text() {
    return text;
  }

  /** Names are case-sensitive. */
  static Optional<Parameter> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }
}
