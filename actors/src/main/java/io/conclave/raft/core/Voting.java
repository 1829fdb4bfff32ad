package io.conclave.raft.core;

import io.conclave.raft.core.RaftMessage.PreVote;
import io.conclave.raft.core.RaftMessage.PreVoteResponse;
import io.conclave.raft.core.RaftMessage.RequestVote;
import io.conclave.raft.core.RaftMessage.RequestVoteResponse;

/**
 * How any member answers those who want to lead. Also a learner answers, and also candidates that
 * are outside its configuration: its configuration may be the one that is out of date (thesis
 * §4.2.2).
 */
final class Voting {
  private Voting() {}

  /** Changes nothing here, so it is answered at once (thesis §9.6). */
  static void onPreVote(MemberState member, MemberId from, PreVote request) {
    boolean granted =
        request.term() > member.term()
            && !member.rules().protectsLeader()
            && member.log.isUpToDate(request.last());
    long term = granted ? request.term() : member.term();
    member.send(from, new PreVoteResponse(term, granted));
  }

  /**
   * Whether a vote request may be looked at at all. While a leader is alive nobody is elected
   * against it, and terms stay as they are, unless it asked for that itself (§6, thesis §4.2.3).
   */
  static boolean isHeard(MemberState member, RequestVote request) {
    return request.transfer()
        || request.term() <= member.term()
        || !member.rules().protectsLeader();
  }

  /** One vote a term, for a log at least as up to date as one's own (§5.2, §5.4.1). */
  static void onRequestVote(MemberState member, MemberId from, RequestVote request) {
    boolean free = member.vote().isNone() && member.leader().isNone();
    boolean granted = (free || member.vote().equals(from)) && member.log.isUpToDate(request.last());
    RequestVoteResponse answer = new RequestVoteResponse(member.term(), granted);
    if (granted) {
      member.voteFor(from);
      member.rules().voted();
      member.sendWhenDurable(from, answer, 0);
    } else {
      member.send(from, answer);
    }
  }
}
