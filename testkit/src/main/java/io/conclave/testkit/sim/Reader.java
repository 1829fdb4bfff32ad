package io.conclave.testkit.sim;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.LogPosition;

/** Somebody who waits for a tree to read from, linearizably; told exactly once. */
interface Reader {
  void ready(KeySpace tree, LogPosition applied);

  void failed();
}
