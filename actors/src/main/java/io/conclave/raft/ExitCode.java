package io.conclave.raft;

/** Why a member can't go on in this process; the numbers are part of the documented interface. */
public enum ExitCode {
  /** The member was removed from its cluster. */
  REMOVED(0),
  /** The journal can't be opened now, though nothing is known to be wrong with its data. */
  START_REFUSED(1),
  /** A journal write or sync failed or was rejected: nothing after it may be acknowledged. */
  JOURNAL_FAILED(10),
  /** What the disk holds can't be the whole truth. */
  DAMAGED_DATA(11),
  /** The Raft subtree failed again and again. */
  RESTARTS_EXHAUSTED(12),
  /** The member's identity was refused by its cluster. */
  IDENTITY_REFUSED(13);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
