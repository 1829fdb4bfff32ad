package io.conclave.keyspace.tree;

/** The answer to a read of one key. */
public sealed interface Lookup {
  /**
   * @param event its action is {@link KeyEvent.Action#GET}, its index the store's
   */
  record Found(KeyEvent event) implements Lookup {}

  /** Error 100 or 104. */
  record Refused(V2Error error) implements Lookup {}
}
