package io.conclave.raft.core;

import io.conclave.raft.core.RaftMessage.AppendEntries;
import io.conclave.raft.core.RaftMessage.AppendEntriesRejected;
import io.conclave.raft.core.RaftMessage.AppendEntriesResponse;
import io.conclave.raft.core.RaftMessage.Heartbeat;
import io.conclave.raft.core.RaftMessage.HeartbeatResponse;
import io.conclave.raft.core.RaftMessage.Proposal;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes what the leader of its term sends (§5.2, §5.3), and passes proposals and reads on to it. A
 * learner is a follower that never campaigns.
 */
final class Follower extends RoleRules {
  private final ForwardedReads reads;
  private final List<Proposal> proposals = new ArrayList<>();
  private final long term;
  private final int electionTimeoutTicks;
  private final Suspicion suspicion;
  private int ticksWithoutLeader;

  Follower(MemberState member) {
    super(member);
    this.term = member.term();
    int ticks = member.options.timing().electionTicks();
    this.electionTimeoutTicks = ticks + member.random.nextInt(ticks);
    this.suspicion = new Suspicion(member);
    this.reads = new ForwardedReads(member);
  }

  @Override
  Role role() {
    return Role.FOLLOWER;
  }

  @Override
  void tick() {
    ticksWithoutLeader++;
    reads.tick();
    suspicion.tick();
    boolean due =
        suspicion.isDue() || member.isOnlyVoter() || ticksWithoutLeader >= electionTimeoutTicks;
    if (due && member.isPromotable()) {
      member.becomePreCandidate();
    } else if (ticksWithoutLeader >= electionTimeoutTicks && !member.leader().isNone()) {
      member.becomeFollower(member.term(), MemberId.NONE); // a learner notices, too
    }
  }

  @Override
  void receive(MemberId from, RaftMessage message) {
    switch (message) {
      case AppendEntries append -> {
        hear(from);
        onAppend(from, append);
      }
      case Heartbeat heartbeat -> {
        hear(from);
        onHeartbeat(from, heartbeat);
      }
      case RaftMessage.TimeoutNow order -> onTimeoutNow(order);
      case RaftMessage.ReadIndexResponse response -> reads.answered(response);
      case AppendEntriesResponse ignored -> {}
      case AppendEntriesRejected ignored -> {}
      case HeartbeatResponse ignored -> {}
      case RaftMessage.PreVoteResponse ignored -> {}
      case RaftMessage.RequestVoteResponse ignored -> {}
      case RaftMessage.ReadIndexRequest ignored -> {}
      case RaftMessage.PreVote ignored -> {}
      case RaftMessage.RequestVote ignored -> {}
      case RaftMessage.ForwardedProposals ignored -> {}
      case RaftMessage.ForwardedChange ignored -> {}
      case RaftMessage.ForwardRefused ignored -> {}
    }
  }

  private void hear(MemberId from) {
    member.follow(from);
    ticksWithoutLeader = 0;
    suspicion.end();
  }

  private void onAppend(MemberId from, AppendEntries append) {
    RaftLog log = member.log;
    long beforeIndex = append.before().index();
    if (beforeIndex < log.commit()) {
      acknowledge(from, log.commit()); // an old message, or a leader that does not know us yet
      return;
    }
    if (!log.matches(append.before())) {
      LogPosition hint = log.latestWithTermAtMost(beforeIndex, append.before().term());
      member.send(from, new AppendEntriesRejected(member.term(), beforeIndex, hint));
      return;
    }
    boolean room = member.diskHasSpace && !member.snapshots.mustLogWait();
    if (!room && !append.entries().isEmpty()) {
      return; // the leader asks again, a heartbeat later
    }
    member.appendReceived(append.entries());
    log.commitTo(Math.min(append.commit(), append.lastIndex()));
    acknowledge(from, append.lastIndex());
  }

  private void acknowledge(MemberId leader, long index) {
    member.sendWhenDurable(leader, new AppendEntriesResponse(member.term(), index), index);
  }

  private void onHeartbeat(MemberId from, Heartbeat heartbeat) {
    member.time.heard(member.term(), heartbeat.clusterTime());
    member.log.commitTo(Math.min(heartbeat.commit(), member.log.lastIndex()));
    member.send(from, new HeartbeatResponse(member.term(), heartbeat.round()));
  }

  private void onTimeoutNow(RaftMessage.TimeoutNow order) {
    member.time.heard(member.term(), order.clusterTime());
    if (member.isPromotable()) {
      member.becomeCandidate(true);
    }
  }

  @Override
  boolean protectsLeader() {
    return !member.leader().isNone()
        && !suspicion.isFounded()
        && ticksWithoutLeader < member.options.timing().electionTicks();
  }

  @Override
  void voted() {
    ticksWithoutLeader = 0;
  }

  @Override
  void suspectLeader() {
    suspicion.begin();
  }

  @Override
  void propose(RequestId id, Bytes command) {
    if (member.leader().isNone()) {
      member.emit(new Effect.ProposalRefused(id, term, Refusal.NOT_LEADER));
    } else {
      proposals.add(new Proposal(id, command));
    }
  }

  @Override
  void change(RequestId id, Membership.Change change) {
    if (member.leader().isNone()) {
      member.emit(new Effect.ProposalRefused(id, term, Refusal.NOT_LEADER));
    } else {
      member.send(member.leader(), new RaftMessage.ForwardedChange(member.term(), id, change));
    }
  }

  @Override
  void read(long id) {
    reads.add(id);
  }

  @Override
  void flush() {
    sendProposals();
    reads.flush();
  }

  private void sendProposals() {
    int bytesMax = member.options.batching().messageBytesMax();
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < proposals.size(); i++) {
      int size = proposals.get(i).command().length();
      if (i > from && bytes + size > bytesMax) {
        forward(proposals.subList(from, i));
        from = i;
        bytes = 0;
      }
      bytes += size;
    }
    if (from < proposals.size()) {
      forward(proposals.subList(from, proposals.size()));
    }
    proposals.clear();
  }

  private void forward(List<Proposal> batch) {
    member.send(member.leader(), new RaftMessage.ForwardedProposals(member.term(), batch));
  }

  @Override
  void leave() {
    for (Proposal proposal : proposals) { // not sent yet, so certainly not appended
      member.emit(new Effect.ProposalRefused(proposal.id(), term, Refusal.NOT_LEADER));
    }
    proposals.clear();
    reads.refuseAll();
  }
}
