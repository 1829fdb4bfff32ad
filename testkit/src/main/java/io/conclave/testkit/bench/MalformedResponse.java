package io.conclave.testkit.bench;

import java.io.IOException;

/** What came back is not an HTTP/1.1 response that this client understands. */
final class MalformedResponse extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedResponse(String message) {
    super(message);
  }
}
