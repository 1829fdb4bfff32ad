package io.conclave.http.keys;

import java.util.Optional;

/** The methods that {@code /v2/keys} accepts. */
enum KeyMethod {
  HEAD,
  GET,
  PUT,
  POST,
  DELETE;

  static Optional<KeyMethod> of(String name) {
    return switch (name) {
      case "HEAD" -> Optional.of(HEAD);
      case "GET" -> Optional.of(GET);
      case "PUT" -> Optional.of(PUT);
      case "POST" -> Optional.of(POST);
      case "DELETE" -> Optional.of(DELETE);
      default -> Optional.empty();
    };
  }

  KeysMetrics.Kind kind() {
    return switch (this) {
      case HEAD -> KeysMetrics.Kind.HEAD;
      case GET -> KeysMetrics.Kind.GET;
      case PUT -> KeysMetrics.Kind.PUT;
      case POST -> KeysMetrics.Kind.POST;
      case DELETE -> KeysMetrics.Kind.DELETE;
    };
  }

  /** Whether a form in the body is read; otherwise the body is ignored, whatever it is. */
  boolean readsForm() {
    return this == PUT || this == POST;
  }
}
