package io.conclave.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes things of one kind may hold together: request bodies that are being read, or
 * answers that are being sent. Each alone is limited, but thousands of connections may have one.
 * Safe for any thread.
 */
public final class ByteBudget {
  private final long bytesMax;
  private final AtomicLong taken = new AtomicLong();

  public ByteBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  public long bytesMax() {
    return bytesMax;
  }

  /** False if there is no room for them, and then nothing is taken. */
  public boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= bytesMax) {
      return true;
    }
    giveBack(bytes);
    return false;
  }

  public void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  public long taken() {
    return taken.get();
  }
}
