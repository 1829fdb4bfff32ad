package io.conclave.testkit.sim;

import io.conclave.raft.core.LogEntry;

/**
 * What a member's tree stands for: how far it has applied, and a digest of everything on the way
 * there. Equal digests at equal indexes mean equal trees.
 */
record SimStore(long applied, long digest) {
  static final SimStore EMPTY = new SimStore(0, 17);

  SimStore after(LogEntry entry) {
    if (entry.index() != applied + 1) {
      throw new SafetyViolation("applied %d after %d".formatted(entry.index(), applied));
    }
    return new SimStore(entry.index(), digest * 1_000_003 + entry.hashCode());
  }
}
