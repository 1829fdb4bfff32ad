package io.conclave.raft.core;

/** What the disk holds can't be the whole truth; nothing may be served from it. */
public final class JournalDamage extends RuntimeException {
  private static final long serialVersionUID = 1;

  public JournalDamage(String format, Object... arguments) {
    super(String.format(format, arguments));
  }

  static void check(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new JournalDamage(format, arguments);
    }
  }
}
