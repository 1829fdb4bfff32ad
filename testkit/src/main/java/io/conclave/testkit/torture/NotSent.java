package io.conclave.testkit.torture;

import java.io.IOException;

/** A request that no member can have got, because there was no connection for it. */
final class NotSent extends IOException {
  private static final long serialVersionUID = 1L;

  NotSent(IOException cause) {
    super("no connection", cause);
  }
}
