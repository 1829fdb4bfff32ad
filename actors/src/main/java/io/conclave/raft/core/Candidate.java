package io.conclave.raft.core;

import io.conclave.raft.core.RaftMessage.PreVoteResponse;
import io.conclave.raft.core.RaftMessage.RequestVoteResponse;
import java.util.List;

/**
 * Asks for votes (§5.2): first whether it would get them, without a new term (thesis §9.6), then
 * really. Its own vote counts like the others', once it is durable.
 */
final class Candidate extends RoleRules {
  enum Stage {
    PRE_VOTE,
    VOTE,
    /** The leader itself asked for this election; nobody protects it (thesis §3.10). */
    TRANSFER
  }

  private final Stage stage;
  private final Quorum.Tally tally = new Quorum.Tally();
  private final int electionTimeoutTicks;
  private int ticks;

  Candidate(MemberState member, Stage stage) {
    super(member);
    this.stage = stage;
    int electionTicks = member.options.timing().electionTicks();
    this.electionTimeoutTicks = electionTicks + member.random.nextInt(electionTicks);
  }

  @Override
  Role role() {
    return stage == Stage.PRE_VOTE ? Role.PRE_CANDIDATE : Role.CANDIDATE;
  }

  @Override
  void begin() {
    LogPosition last = member.log.last();
    for (MemberId voter : member.membership().voters()) {
      if (voter.equals(member.self)) {
        continue;
      }
      if (stage == Stage.PRE_VOTE) {
        member.send(voter, new RaftMessage.PreVote(member.term() + 1, last));
      } else {
        RaftMessage request =
            new RaftMessage.RequestVote(member.term(), last, stage == Stage.TRANSFER);
        member.sendWhenDurable(voter, request, last.index());
      }
    }
    if (stage == Stage.PRE_VOTE) {
      count(member.self, true);
    } else {
      RaftMessage own = new RequestVoteResponse(member.term(), true);
      member.sendWhenDurable(member.self, own, last.index());
    }
  }

  @Override
  void tick() {
    if (++ticks < electionTimeoutTicks || !member.disk.isIdle()) {
      return; // while the disk works the requests have not even left
    }
    if (member.isPromotable()) {
      member.becomePreCandidate();
    } else {
      member.becomeFollower(member.term(), MemberId.NONE);
    }
  }

  @Override
  void receive(MemberId from, RaftMessage message) {
    switch (message) {
      case RequestVoteResponse(long ignored, boolean granted) -> {
        if (stage != Stage.PRE_VOTE) {
          count(from, granted);
        }
      }
      case PreVoteResponse(long ignored, boolean granted) -> {
        if (stage == Stage.PRE_VOTE) {
          count(from, granted);
        }
      }
      case RaftMessage.AppendEntries append -> giveWay(from, append);
      case RaftMessage.Heartbeat heartbeat -> giveWay(from, heartbeat);
      case RaftMessage.TimeoutNow ignored -> {
        if (stage == Stage.PRE_VOTE && member.isPromotable()) {
          member.becomeCandidate(true);
        }
      }
      case RaftMessage.AppendEntriesResponse ignored -> {}
      case RaftMessage.AppendEntriesRejected ignored -> {}
      case RaftMessage.HeartbeatResponse ignored -> {}
      case RaftMessage.ReadIndexRequest ignored -> {}
      case RaftMessage.ReadIndexResponse ignored -> {}
      case RaftMessage.PreVote ignored -> {}
      case RaftMessage.RequestVote ignored -> {}
      case RaftMessage.ForwardedProposals ignored -> {}
      case RaftMessage.ForwardedChange ignored -> {}
      case RaftMessage.ForwardRefused ignored -> {}
    }
  }

  /** This term has a leader already. */
  private void giveWay(MemberId leader, RaftMessage message) {
    member.becomeFollower(member.term(), leader);
    member.rules().receive(leader, message);
  }

  private void count(MemberId voter, boolean granted) {
    tally.record(voter, granted);
    switch (tally.result(member.membership())) {
      case WON -> {
        if (stage == Stage.PRE_VOTE) {
          member.becomeCandidate(false);
        } else {
          member.becomeLeader();
        }
      }
      case LOST -> member.becomeFollower(member.term(), MemberId.NONE);
      case PENDING -> {}
    }
  }

  @Override
  boolean protectsLeader() {
    return false;
  }

  @Override
  void propose(RequestId id, Bytes command) {
    member.emit(new Effect.ProposalRefused(id, member.term(), Refusal.NOT_LEADER));
  }

  @Override
  void change(RequestId id, Membership.Change change) {
    member.emit(new Effect.ProposalRefused(id, member.term(), Refusal.NOT_LEADER));
  }

  @Override
  void read(long id) {
    member.emit(new Effect.ReadRefused(List.of(id)));
  }
}
