package io.conclave.keyspace;

import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.core.LogPosition;

/** Somebody who waits for what becomes of one command. */
@FunctionalInterface
public interface Proposer {
  /**
   * The command was applied and the tree that shows it is published. Called on the thread that
   * applies, so it must only pass the news on.
   *
   * @param position of the entry that held the command
   */
  void applied(Outcome outcome, LogPosition position);
}
