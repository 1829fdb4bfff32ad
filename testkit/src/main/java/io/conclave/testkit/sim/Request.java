package io.conclave.testkit.sim;

import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.ProposalTracker.Failure;

/** Somebody who waits for what becomes of a proposal; told exactly once. */
interface Request {
  Failure UNKNOWN = new Failure.Unknown(false, false);

  void applied(LogEntry entry, Outcome outcome);

  void failed(Failure failure);
}
