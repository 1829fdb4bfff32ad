package io.conclave.testkit.wire;

import java.io.IOException;

/** The server closed the connection instead of answering. */
public final class ConnectionDropped extends IOException {
  private static final long serialVersionUID = 1L;

  ConnectionDropped(String message) {
    super(message);
  }
}
