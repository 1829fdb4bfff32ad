package io.conclave.raft.core;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One member's share of Raft: a value that is stepped with what happens and drained of what to do.
 *
 * <p>The same state and the same input give the same effects: there is no clock, thread, file or
 * socket in here, and chance comes from the given generator. Called by one thread.
 */
public final class RaftCore {

  /**
   * A follower with what survived on its disk.
   *
   * @param random for election timeouts and numbers that nobody else may guess
   */
  public RaftCore(
      MemberId self, RaftOptions options, RecoveredState recovered, RandomGenerator random) {
    throw new UnsupportedOperationException();
  }

  /** Takes in what happened; effects gather until they are drained. */
  public void step(Input input) {
    throw new UnsupportedOperationException();
  }

  /** What is to be done now, in this order; builds the batches of journal and messages. */
  public List<Effect> drain() {
    throw new UnsupportedOperationException();
  }

  public MemberId self() {
    throw new UnsupportedOperationException();
  }

  public Role role() {
    throw new UnsupportedOperationException();
  }

  public long term() {
    throw new UnsupportedOperationException();
  }

  /** {@link MemberId#NONE} if none is known. */
  public MemberId leader() {
    throw new UnsupportedOperationException();
  }

  public long commitIndex() {
    throw new UnsupportedOperationException();
  }

  public LogPosition lastPosition() {
    throw new UnsupportedOperationException();
  }

  /** The configuration in force. */
  public Membership membership() {
    throw new UnsupportedOperationException();
  }

  /** The newest cluster time known here and the newest wall offset of the log. */
  public Stamp now() {
    throw new UnsupportedOperationException();
  }

  /** What goes with a tree that has applied exactly up to {@code index}. */
  public SnapshotMeta describeSnapshot(long index) {
    throw new UnsupportedOperationException();
  }

  /** The lowest index that must survive in the journal behind a snapshot at {@code index}. */
  public long firstKept(long index) {
    throw new UnsupportedOperationException();
  }

  /** The hard state as last handed to the journal. */
  public HardState hardState() {
    throw new UnsupportedOperationException();
  }
}
