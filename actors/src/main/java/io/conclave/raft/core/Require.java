package io.conclave.raft.core;

/** Invariant checks that stay on in production; a failed one means a bug or damaged data. */
public final class Require {
  private Require() {}

  /** Throws {@link IllegalStateException} with the formatted text unless {@code holds}. */
  public static void require(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new IllegalStateException(String.format(format, arguments));
    }
  }
}
