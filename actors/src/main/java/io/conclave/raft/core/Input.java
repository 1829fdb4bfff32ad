package io.conclave.raft.core;

import io.conclave.raft.core.Membership.Change;

/** Everything that can happen to a {@link RaftCore}. */
public sealed interface Input {
  /**
   * Time passed. A late tick is one tick.
   *
   * @param elapsedMillis on the monotonic clock since the tick before, so that none are lost
   * @param wallMillis Unix time now; only used for what people see
   */
  record Tick(long elapsedMillis, long wallMillis) implements Input {}

  /**
   * Append this command if the leader of exactly {@code term} can be reached; see {@link
   * ProposalTracker} for when to try again. Refused by {@link Effect.ProposalRefused}.
   */
  record Propose(long term, RequestId id, Bytes command) implements Input {}

  /** The same for a change of the configuration. */
  record ChangeMembership(long term, RequestId id, Change change) implements Input {}

  /**
   * Find an index for a linearizable read; answered by {@link Effect.ReadConfirmed} or {@link
   * Effect.ReadRefused}.
   *
   * @param id unique within this core
   */
  record ReadIndex(long id) implements Input {}

  record PeerMessage(MemberId from, RaftMessage message) implements Input {}

  /** The {@link Effect.Persist} with this ticket is durable. Tickets come back in order. */
  record Persisted(long ticket) implements Input {}

  /** All entries up to {@code index} are applied to the key space. */
  record Applied(long index) implements Input {}

  /** A snapshot that {@link Effect.TakeSnapshot} asked for is durable and verified. */
  record SnapshotSaved(SnapshotMeta meta, long sizeBytes) implements Input {}

  /** That snapshot could not be saved; the core asks again after more entries. */
  record SnapshotFailed() implements Input {}

  /**
   * A snapshot arrived here completely and its file was checked; decided only now (architecture
   * §8.5).
   */
  record SnapshotReceived(SnapshotMeta meta) implements Input {}

  /** What {@link Effect.InstallSnapshot} asked for is done, durably. */
  record SnapshotInstalled(SnapshotMeta meta, long sizeBytes) implements Input {}

  /** The transfer that {@link Effect.StreamSnapshot} started is over, whatever its end. */
  record SnapshotTransferEnded(MemberId peer) implements Input {}

  /** Go back to probing this peer; a hint that may be wrong. */
  record PeerUnreachable(MemberId peer) implements Input {}

  /**
   * Hand leadership over.
   *
   * @param target {@link MemberId#NONE} for the most up-to-date voter
   */
  record TransferLeadership(MemberId target) implements Input {}

  /** The member has told its name and client URLs; a learner may then become a voter. */
  record MemberPublished(MemberId member) implements Input {}

  /** The connection to the leader broke: ask for pre-votes unless it answers soon. */
  record LeaderSuspected() implements Input {}

  /** Whether the disk has room for what an append may need. */
  record DiskSpace(boolean enough) implements Input {}
}
