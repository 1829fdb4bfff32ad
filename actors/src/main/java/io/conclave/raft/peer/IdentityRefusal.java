package io.conclave.raft.peer;

/**
 * Why a greeting is refused. Travels between members by its ordinal: append only, never renumber.
 */
public enum IdentityRefusal {
  /** The greeting names another cluster. */
  OTHER_CLUSTER(false),
  /** Same ids, but the clusters began with different entries. */
  OTHER_FIRST_ENTRY(false),
  /** The member was removed; its process ends by itself with exit code 0. */
  REMOVED(true),
  /** The data dir was wiped, or swapped with another member's. */
  OTHER_DATA_DIR(true),
  /** The data dir is a copy from before a start that was seen. */
  OLD_COPY(true),
  /** Two processes run on copies of one data dir. */
  CLONE(true),
  /** Something that this member is known to have had on disk is gone. */
  LOST_WRITES(true),
  /** More ids than any cluster has; they are not all members. */
  TOO_MANY_MEMBERS(false);

  private final boolean endsProcess;

  IdentityRefusal(boolean endsProcess) {
    this.endsProcess = endsProcess;
  }

  /** Whether a process that is refused in this way, by its current incarnation and boot, ends. */
  public boolean endsProcess() {
    return endsProcess;
  }
}
