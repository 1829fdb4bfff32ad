package io.conclave.keyspace.tree;

/** The v2 store as an immutable value. */
public final class KeySpace {
  /** Most nodes that one {@link Command.Sync} expires. */
  public static final int EXPIRE_MAX = 1000;

  /** The store of a cluster that has not begun. */
  public static final KeySpace EMPTY = new KeySpace();

  private KeySpace() {}
}
