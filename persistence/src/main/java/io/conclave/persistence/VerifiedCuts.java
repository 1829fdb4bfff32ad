package io.conclave.persistence;

/**
 * The cuts of the two newest snapshots that were read back in this process. Events up to the older
 * one's may go: if the newest file turns out damaged, the older one and what follows it still tell
 * everything. Zero for none.
 */
public record VerifiedCuts(long newest, long older) {
  public static final VerifiedCuts NONE = new VerifiedCuts(0, 0);

  /** With one more snapshot. No older one can stand in for one that came from another member. */
  public VerifiedCuts and(SnapshotOwner saved) {
    return new VerifiedCuts(saved.cut(), saved.installed() ? 0 : newest);
  }
}
