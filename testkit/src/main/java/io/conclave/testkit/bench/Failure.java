package io.conclave.testkit.bench;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Why a request does not count as answered. */
enum Failure {
  /** The connection could not be made. */
  CONNECT,
  /** The connection broke while sending or waiting. */
  RESET,
  /** The connection ended before the response did. */
  CLOSED_EARLY,
  /** No complete response within the time limit. */
  TIMEOUT,
  /** The bytes that came are no HTTP response. */
  MALFORMED,
  /** A redirect, which is not followed. */
  STATUS_3XX,
  /** A response that blames the client. */
  STATUS_4XX,
  /** A response that blames the server. */
  STATUS_5XX;

  /** The kind of a status of 300 and above. */
  static Failure ofStatus(int status) {
    if (status < 400) {
      return STATUS_3XX;
    }
    return status < 500 ? STATUS_4XX : STATUS_5XX;
  }

  /** All kinds that happened, as {@code timeout 3; reset 1}. */
  static String describe(Map<Failure, Long> failures) {
    return failures.entrySet().stream()
        .map(entry -> entry.getKey().label() + " " + entry.getValue())
        .collect(Collectors.joining("; "));
  }

  /** How a report names it. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
