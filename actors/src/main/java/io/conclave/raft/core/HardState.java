package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

/**
 * What a member must not forget (Raft figure 2): its term, its vote in that term, and how far it
 * knows the log to be committed. Commit rides along and never causes a write alone.
 *
 * @param vote {@link MemberId#NONE} if it has not voted in {@code term}
 */
public record HardState(long term, MemberId vote, long commit) {
  public static final HardState INITIAL = new HardState(0, MemberId.NONE, 0);

  public HardState {
    require(term >= 0 && commit >= 0, "negative hard state: term=%d commit=%d", term, commit);
  }
}
