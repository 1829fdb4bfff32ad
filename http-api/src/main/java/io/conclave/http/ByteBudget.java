package io.conclave.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes the request bodies that are being read may hold together: each alone is limited,
 * but thousands of connections may send one at a time. Safe for any thread.
 */
final class BodyBudget {
  private final long bytesMax;
  private final AtomicLong taken = new AtomicLong();

  BodyBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** False if there is no room for them, and then nothing is taken. */
  boolean take(int bytes) {
    if (taken.addAndGet(bytes) <= bytesMax) {
      return true;
    }
    giveBack(bytes);
    return false;
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  long taken() {
    return taken.get();
  }
}
