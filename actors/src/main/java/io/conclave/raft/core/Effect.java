package io.conclave.raft.core;

import java.util.List;

/**
 * What a {@link RaftCore} wants done. Effects are carried out in the order in which they are
 * drained; the core itself holds back whatever depends on the disk (architecture §8.2), so nobody
 * outside has to wait before he sends or applies.
 */
public sealed interface Effect {
  /**
   * Make {@code event} durable, then step {@link Input.Persisted} with the ticket.
   *
   * @param ticket ascending
   */
  record Persist(long ticket, JournalEvent event) implements Effect {}

  record Send(MemberId to, RaftMessage message) implements Effect {}

  /** Apply these committed, locally durable entries, then step {@link Input.Applied}. */
  record Apply(List<LogEntry> entries) implements Effect {
    public Apply {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Role, term or leader changed.
   *
   * @param leader {@link MemberId#NONE} if none is known
   */
  record RoleChanged(Role role, long term, MemberId leader) implements Effect {}

  /** Another configuration is in force. */
  record MembershipChanged(Membership membership) implements Effect {}

  /** Serve the reads with these ids from any tree that has applied {@code index}. */
  record ReadConfirmed(List<Long> ids, long index) implements Effect {
    public ReadConfirmed {
      ids = List.copyOf(ids);
    }
  }

  /** Nobody can confirm these reads now; ask again once there is a leader. */
  record ReadRefused(List<Long> ids) implements Effect {
    public ReadRefused {
      ids = List.copyOf(ids);
    }
  }

  /** This attempt was not appended and never will be. */
  record ProposalRefused(RequestId id, long term, Refusal why) implements Effect {}

  /**
   * Ask the key space for its root, save it with {@link RaftCore#describeSnapshot}, then step
   * {@link Input.SnapshotSaved} or {@link Input.SnapshotFailed}.
   */
  record TakeSnapshot() implements Effect {}

  /**
   * Replace the tree by the received snapshot, durably together with {@code hardState}, at the
   * journal's current end; then step {@link Input.SnapshotInstalled}. No {@link Persist} is in
   * flight, and none follows before.
   */
  record InstallSnapshot(SnapshotMeta meta, HardState hardState) implements Effect {}

  /** The received snapshot is older than what this member has: delete its file. */
  record DropSnapshot(SnapshotMeta meta) implements Effect {}

  /** Offer this snapshot to a peer whose next entry is compacted away. */
  record StreamSnapshot(MemberId peer, SnapshotMeta meta) implements Effect {}
}
