package io.conclave.persistence;

import java.io.IOException;

/** There is no room for a write. Nothing of it was written, so it may be tried again. */
final class NoSpace extends IOException {
  private static final long serialVersionUID = 1;

  NoSpace(String message) {
    super(message);
  }
}
