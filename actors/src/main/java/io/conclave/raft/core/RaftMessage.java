package io.conclave.raft.core;

import io.conclave.raft.core.Membership.Change;
import java.util.List;

/**
 * What members tell each other. Sender and receiver stand on the envelope, not here. Delivery may
 * lose, delay, repeat and reorder.
 */
public sealed interface RaftMessage {
  /** The sender's term, except for {@link PreVote}, where it is the term it would campaign in. */
  long term();

  /**
   * Entries behind {@code before}; empty only as a probe (§5.3).
   *
   * @param commit of the leader
   */
  record AppendEntries(long term, LogPosition before, List<LogEntry> entries, long commit)
      implements RaftMessage {
    public AppendEntries {
      entries = List.copyOf(entries);
    }

    /** Index of the last entry in here, or of the one before if there are none. */
    public long lastIndex() {
      return before.index() + entries.size();
    }
  }

  /** The sender's log equals the leader's up to {@code matchIndex}, durably. */
  record AppendEntriesResponse(long term, long matchIndex) implements RaftMessage {}

  /**
   * The sender's log has nothing, or something else, at {@code rejectedIndex}; or the append came
   * from an older term, and then only {@code term} counts.
   *
   * @param hint the last position where both logs can agree, as far as the follower can tell
   */
  record AppendEntriesRejected(long term, long rejectedIndex, LogPosition hint)
      implements RaftMessage {}

  /**
   * The leader is alive.
   *
   * @param round the newest ReadIndex round of this term; an answer confirms it and all earlier
   * @param commit never beyond what the receiver is known to match
   * @param clusterTime the newest that a majority has confirmed the leader for
   */
  record Heartbeat(long term, long round, long commit, long clusterTime) implements RaftMessage {}

  record HeartbeatResponse(long term, long round) implements RaftMessage {}

  /** Would you vote for me in {@code term}? Changes nothing at the receiver (thesis §9.6). */
  record PreVote(long term, LogPosition last) implements RaftMessage {}

  /**
   * @param term the one asked for if granted, else the sender's own
   */
  record PreVoteResponse(long term, boolean granted) implements RaftMessage {}

  /**
   * @param transfer the leader itself asked for this election, so nobody protects it
   */
  record RequestVote(long term, LogPosition last, boolean transfer) implements RaftMessage {}

  record RequestVoteResponse(long term, boolean granted) implements RaftMessage {}

  /** Start an election at once (thesis §3.10). */
  record TimeoutNow(long term, long clusterTime) implements RaftMessage {}

  /** Proposals of the sender for the leader of exactly {@code term}; sent once. */
  record ForwardedProposals(long term, List<Proposal> proposals) implements RaftMessage {
    public ForwardedProposals {
      proposals = List.copyOf(proposals);
    }
  }

  /** A command and its identity. */
  record Proposal(RequestId id, Bytes command) {}

  /** A membership change of the sender for the leader of exactly {@code term}; sent once. */
  record ForwardedChange(long term, RequestId id, Change change) implements RaftMessage {}

  /**
   * Those attempts were not appended and never will be.
   *
   * @param meantFor the term that the attempts named
   */
  record ForwardRefused(long term, long meantFor, List<RequestId> ids, Refusal why)
      implements RaftMessage {
    public ForwardRefused {
      ids = List.copyOf(ids);
    }
  }

  /**
   * Asks the leader for an index at which a linearizable read may be served.
   *
   * @param batch a number of the sender's choice
   */
  record ReadIndexRequest(long term, long batch) implements RaftMessage {}

  record ReadIndexResponse(long term, long batch, long index) implements RaftMessage {}
}
