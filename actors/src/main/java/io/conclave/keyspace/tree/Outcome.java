package io.conclave.keyspace.tree;

/** What became of one applied command, told to whoever proposed it. */
public sealed interface Outcome {
  /** The command took effect and made this event. */
  record Changed(KeyEvent event) implements Outcome {}

  /** The store refused; nothing changed but counters. */
  record Refused(V2Error error) implements Outcome {}

  /**
   * An internal command (expiry, publication, version, membership) took effect.
   *
   * @param index the store index after it
   */
  record Done(long index) implements Outcome {}
}
