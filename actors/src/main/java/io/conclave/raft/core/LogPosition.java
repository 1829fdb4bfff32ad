package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

/**
 * Where an entry sits in the log. The later term, then the longer log, is more up to date (§5.4.1).
 */
public record LogPosition(long term, long index) implements Comparable<LogPosition> {
  /** Before the first entry. */
  public static final LogPosition ORIGIN = new LogPosition(0, 0);

  public LogPosition {
    require(term >= 0 && index >= 0, "negative position: term=%d index=%d", term, index);
  }

  @Override
  public int compareTo(LogPosition other) {
    int byTerm = Long.compare(term, other.term);
    return byTerm != 0 ? byTerm : Long.compare(index, other.index);
  }

  @Override
  public String toString() {
    return term + "/" + index;
  }
}
