package io.conclave.http.keys;

/** The methods that {@code /v2/keys} accepts. */
enum KeyMethod {
  HEAD,
  GET,
  PUT,
  POST,
  DELETE;

  /** Whether a form in the body is read; otherwise the body is ignored, whatever it is. */
  boolean readsForm() {
    return this == PUT || this == POST;
  }
}
