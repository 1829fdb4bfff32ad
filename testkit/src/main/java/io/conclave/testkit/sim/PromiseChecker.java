package io.conclave.testkit.sim;

import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.RaftMessage.AppendEntriesResponse;
import io.conclave.raft.core.RaftMessage.RequestVote;
import io.conclave.raft.core.RaftMessage.RequestVoteResponse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What members have promised each other: one vote in a term, and that neither it nor an
 * acknowledged entry is forgotten in a crash (§5.1). Whoever asks for votes has voted for himself.
 * Only what a peer accepted counts.
 */
final class PromiseChecker {
  private record Ballot(MemberId voter, long term) {}

  private record Acknowledged(long term, long matchIndex) {
    private static final Acknowledged NOTHING = new Acknowledged(0, 0);

    private Acknowledged and(AppendEntriesResponse later) {
      if (later.term() < term || later.term() == term && later.matchIndex() <= matchIndex) {
        return this;
      }
      return new Acknowledged(later.term(), later.matchIndex());
    }
  }

  private final Map<Ballot, MemberId> votes = new HashMap<>();
  private final Map<MemberId, Long> lastVoted = new HashMap<>();
  private final Map<MemberId, Acknowledged> acknowledged = new HashMap<>();
  private final Set<Ballot> asked = new HashSet<>();

  /** {@code to} has accepted what {@code from} sent. */
  void accepted(MemberId from, MemberId to, RaftMessage message) {
    switch (message) {
      case RequestVote(long term, LogPosition ignored, boolean transfer) -> {
        vote(new Ballot(from, term), from);
        if (transfer) {
          asked.add(new Ballot(from, term));
        }
      }
      case RequestVoteResponse(long term, boolean granted) when granted ->
          vote(new Ballot(from, term), to);
      case AppendEntriesResponse response ->
          acknowledged.put(
              from, acknowledged.getOrDefault(from, Acknowledged.NOTHING).and(response));
      default -> {}
    }
  }

  private void vote(Ballot ballot, MemberId candidate) {
    MemberId other = votes.putIfAbsent(ballot, candidate);
    SafetyChecker.check(
        other == null || other.equals(candidate),
        "%s votes for %s and for %s in term %d",
        ballot.voter(),
        other,
        candidate,
        ballot.term());
    lastVoted.merge(ballot.voter(), ballot.term(), Math::max);
  }

  /**
   * A member starts with what was on its disk. What it acknowledged may be gone only if a later
   * leader has put something else in its place.
   */
  void recovered(MemberId member, long term, LogPosition last) {
    long voted = lastVoted.getOrDefault(member, 0L);
    SafetyChecker.check(
        term >= voted, "%s starts in term %d, it has voted in term %d", member, term, voted);
    Acknowledged promised = acknowledged.getOrDefault(member, Acknowledged.NOTHING);
    SafetyChecker.check(
        last.index() >= promised.matchIndex() || last.term() > promised.term(),
        "%s starts with a log that ends at %s, it has acknowledged %d in term %d",
        member,
        last,
        promised.matchIndex(),
        promised.term());
  }

  /** Whether the leader before asked {@code candidate} to campaign in this term. */
  boolean wasAsked(MemberId candidate, long term) {
    return asked.contains(new Ballot(candidate, term));
  }
}
