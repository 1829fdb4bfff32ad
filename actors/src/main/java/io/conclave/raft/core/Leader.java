package io.conclave.raft.core;

import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.RaftMessage.AppendEntriesRejected;
import io.conclave.raft.core.RaftMessage.AppendEntriesResponse;
import io.conclave.raft.core.RaftMessage.ForwardRefused;
import io.conclave.raft.core.RaftMessage.ForwardedChange;
import io.conclave.raft.core.RaftMessage.ForwardedProposals;
import io.conclave.raft.core.RaftMessage.HeartbeatResponse;
import io.conclave.raft.core.RaftMessage.ReadIndexRequest;
import io.conclave.raft.core.ReadIndexQueue.Reader;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Appends what is proposed, replicates it and decides what is committed (§5.3, §5.4.2). It steps
 * down when a majority is silent for an election timeout (thesis §6.2).
 */
final class Leader extends RoleRules {
  private final Replication replication;
  private final Handover handover;
  private final Reconfiguration reconfiguration;
  private final StrictRemoval removal;
  private final ReadIndexQueue reads;
  private int ticksSinceHeartbeat;
  private int ticksSinceQuorumCheck;
  private long uncommittedBytes;
  private boolean heartbeatDue;

  Leader(MemberState member) {
    super(member);
    this.replication = new Replication(member);
    this.handover = new Handover(member, replication);
    this.reconfiguration = new Reconfiguration(member, replication);
    this.removal = new StrictRemoval(member);
    this.reads = new ReadIndexQueue(member.options.batching().readsMax());
  }

  @Override
  Role role() {
    return Role.LEADER;
  }

  /** Only an entry of its own term lets a leader commit those before it (§5.4.2, §8). */
  @Override
  void begin() {
    member.appendOwn(RequestId.NONE, new Payload.Empty());
    heartbeatDue = true;
    if (!member.diskHasSpace) {
      handover.begin(MemberId.NONE);
    }
  }

  @Override
  void tick() {
    RaftOptions.Timing timing = member.options.timing();
    handover.tick();
    replication.tick();
    if (++ticksSinceQuorumCheck >= timing.electionTicks()) {
      ticksSinceQuorumCheck = 0;
      if (replication.activeVoters() < member.membership().quorum()) {
        member.becomeFollower(member.term(), MemberId.NONE);
        return;
      }
      replication.forgetActivity();
    }
    if (++ticksSinceHeartbeat >= timing.heartbeatTicks()) {
      ticksSinceHeartbeat = 0;
      heartbeatDue = true;
      replication.interval();
      reconfiguration.tick(timing.heartbeatTicks());
      removal
          .takeExpired(timing.heartbeatTicks())
          .ifPresent(request -> refuse(request, Refusal.QUORUM_LOST));
    }
    if (!member.diskHasSpace || member.disk.ticksWaited() >= timing.electionTicks()) {
      handover.begin(MemberId.NONE); // a full or stalled disk must not stall the cluster
    }
  }

  @Override
  void receive(MemberId from, RaftMessage message) {
    switch (message) {
      case AppendEntriesResponse response ->
          heard(from).ifPresent(progress -> onAppended(progress, response));
      case AppendEntriesRejected rejection ->
          heard(from).ifPresent(progress -> replication.rejected(progress, rejection));
      case HeartbeatResponse response ->
          heard(from).ifPresent(progress -> onHeartbeatAnswered(from, progress, response));
      case ReadIndexRequest request -> reads.add(new Reader.Remote(from, request.batch()));
      case ForwardedProposals forwarded -> onForwarded(from, forwarded);
      case ForwardedChange(long term, RequestId id, Membership.Change change) ->
          request(new ChangeRequest(id, from, change));
      case RaftMessage.AppendEntries append -> throw secondLeader(from, append);
      case RaftMessage.Heartbeat heartbeat -> throw secondLeader(from, heartbeat);
      case RaftMessage.ReadIndexResponse ignored -> {}
      case RaftMessage.TimeoutNow ignored -> {}
      case RaftMessage.PreVote ignored -> {}
      case RaftMessage.PreVoteResponse ignored -> {}
      case RaftMessage.RequestVote ignored -> {}
      case RaftMessage.RequestVoteResponse ignored -> {}
      case ForwardRefused ignored -> {}
    }
  }

  private IllegalStateException secondLeader(MemberId from, RaftMessage message) {
    return new IllegalStateException(
        "%s leads term %d too: %s".formatted(from, member.term(), message));
  }

  private Optional<Progress> heard(MemberId from) {
    Optional<Progress> progress = replication.of(from);
    progress.ifPresent(Progress::heardFrom);
    removal.heard(from);
    removal.takeReady().ifPresent(this::append);
    return progress;
  }

  private void onAppended(Progress progress, AppendEntriesResponse response) {
    Require.require(
        response.matchIndex() <= member.log.lastIndex(),
        "acknowledged %d, the log ends at %d",
        response.matchIndex(),
        member.log.lastIndex());
    if (progress.acknowledged(response.matchIndex())) {
      advanceCommit();
    }
  }

  private void onHeartbeatAnswered(MemberId from, Progress progress, HeartbeatResponse response) {
    progress.answeredRound(response.round());
    replication.heartbeatAnswered(from, progress);
    confirmRound();
  }

  /** Entries of earlier terms are never committed by counting (§5.4.2). */
  private void advanceCommit() {
    long from = member.log.commit();
    long majority = replication.majorityMatch();
    if (majority > from && member.log.termAt(majority) == member.term()) {
      member.log.commitTo(majority);
      for (long index = from + 1; index <= majority && uncommittedBytes > 0; index++) {
        uncommittedBytes -= RaftLog.sizeOf(member.log.entry(index));
      }
      uncommittedBytes = Math.max(0, uncommittedBytes);
    }
  }

  @Override
  void persisted() {
    advanceCommit();
  }

  @Override
  boolean protectsLeader() {
    return true;
  }

  @Override
  void propose(RequestId id, Bytes command) {
    append(id, command)
        .ifPresent(why -> member.emit(new Effect.ProposalRefused(id, member.term(), why)));
  }

  private Optional<Refusal> append(RequestId id, Bytes command) {
    Optional<Refusal> refusal = refusalOfAnything();
    RaftOptions.Batching limits = member.options.batching();
    long uncommitted = member.log.lastIndex() - member.log.commit();
    if (refusal.isPresent()) {
      return refusal;
    }
    if (member.snapshots.isLogFull()) {
      return Optional.of(Refusal.LOG_FULL);
    }
    if (uncommitted >= limits.uncommittedEntriesMax()
        || uncommittedBytes >= limits.uncommittedBytesMax()) {
      return Optional.of(Refusal.OVERLOADED);
    }
    LogEntry entry = member.appendOwn(id, new Payload.Command(command));
    uncommittedBytes += RaftLog.sizeOf(entry);
    return Optional.empty();
  }

  private Optional<Refusal> refusalOfAnything() {
    if (!member.diskHasSpace) {
      return Optional.of(Refusal.NO_SPACE);
    }
    return handover.isUnderWay() ? Optional.of(Refusal.TRANSFERRING) : Optional.empty();
  }

  @Override
  void change(RequestId id, Membership.Change change) {
    request(new ChangeRequest(id, member.self, change));
  }

  private void request(ChangeRequest request) {
    Optional<Refusal> refusal = refusalOf(request.change());
    if (refusal.isEmpty() && removal.concerns(request.change())) {
      removal.hold(request);
      removal.takeReady().ifPresentOrElse(this::append, () -> heartbeatDue = true);
    } else {
      append(request);
    }
  }

  private Optional<Refusal> refusalOf(Membership.Change change) {
    if (removal.isWaiting()) {
      return Optional.of(Refusal.CHANGE_IN_PROGRESS);
    }
    return refusalOfAnything().or(() -> reconfiguration.refusal(change));
  }

  private void append(ChangeRequest request) {
    Optional<Refusal> refusal = refusalOf(request.change());
    if (refusal.isPresent()) {
      refuse(request, refusal.get());
      return;
    }
    reconfiguration.append(request.id(), request.change());
    advanceCommit(); // a smaller majority may be there already
  }

  private void refuse(ChangeRequest request, Refusal why) {
    long term = member.term();
    if (request.from().equals(member.self)) {
      member.emit(new Effect.ProposalRefused(request.id(), term, why));
    } else {
      member.send(request.from(), new ForwardRefused(term, term, List.of(request.id()), why));
    }
  }

  private void onForwarded(MemberId from, ForwardedProposals forwarded) {
    Map<Refusal, List<RequestId>> refused = new EnumMap<>(Refusal.class);
    for (RaftMessage.Proposal proposal : forwarded.proposals()) {
      append(proposal.id(), proposal.command())
          .map(
              why -> why == Refusal.LOG_FULL ? Refusal.OVERLOADED : why) // no need to send it twice
          .ifPresent(
              why -> refused.computeIfAbsent(why, key -> new ArrayList<>()).add(proposal.id()));
    }
    refused.forEach(
        (why, ids) ->
            member.send(from, new ForwardRefused(member.term(), member.term(), ids, why)));
  }

  @Override
  void read(long id) {
    if (!reads.add(new Reader.Local(id))) {
      member.emit(new Effect.ReadRefused(List.of(id)));
    }
  }

  @Override
  void transfer(MemberId target) {
    handover.begin(target);
  }

  @Override
  List<PeerProgress> peers() {
    return replication.peers().entrySet().stream()
        .map(
            peer ->
                new PeerProgress(
                    peer.getKey(), peer.getValue().match(), peer.getValue().isRecentlyActive()))
        .toList();
  }

  @Override
  void peerUnreachable(MemberId peer) {
    replication.of(peer).ifPresent(Progress::probe);
  }

  @Override
  void transferEnded(MemberId peer) {
    replication.of(peer).ifPresent(Progress::snapshotEnded);
  }

  @Override
  void diskSpaceChanged() {
    if (!member.diskHasSpace) {
      handover.begin(MemberId.NONE);
    }
  }

  /** With a full log it takes nothing more; another's disk may be better. */
  @Override
  void snapshotFailed() {
    if (member.snapshots.isLogFull()) {
      handover.begin(MemberId.NONE);
    }
  }

  @Override
  long firstNeeded() {
    return replication.firstNeeded();
  }

  /** Begins a round if one is wanted, then sends everybody what it lacks. */
  @Override
  void flush() {
    boolean own = member.log.termAt(member.log.commit()) == member.term();
    boolean round = heartbeatDue || own && reads.hasWaiting();
    if (round && !reads.isUnderWay()) {
      reads.begin(own, member.log.commit(), member.time.running());
      heartbeatDue = true;
    }
    if (heartbeatDue) {
      heartbeatDue = false;
      replication.heartbeat(reads.newest());
    }
    confirmRound();
    replication.sendAll();
    handover.flush();
    resignIfRemoved();
  }

  private void confirmRound() {
    reads
        .confirm(replication.majorityRound(reads.newest()))
        .ifPresent(
            confirmed -> {
              member.time.confirm(confirmed.clusterTime());
              answer(confirmed.readers(), confirmed.index());
            });
  }

  private void answer(List<Reader> readers, long index) {
    List<Long> local = new ArrayList<>();
    for (Reader reader : readers) {
      switch (reader) {
        case Reader.Local(long id) -> local.add(id);
        case Reader.Remote(MemberId from, long batch) ->
            member.send(from, new RaftMessage.ReadIndexResponse(member.term(), batch, index));
      }
    }
    if (!local.isEmpty()) {
      member.emit(new Effect.ReadConfirmed(local, index));
    }
  }

  /**
   * A leader that removed itself leads until that is committed, has by now told everybody so, and
   * leaves the lead to the voter that is furthest (thesis §4.2.2).
   */
  private void resignIfRemoved() {
    boolean removed =
        !member.membership().isVoter(member.self)
            && member.configurations.inForceSince() <= member.log.commit();
    if (removed) {
      replication.heartbeat(reads.newest());
      replication.bestSuccessor(Set.of()).ifPresent(handover::tell);
      member.becomeFollower(member.term(), MemberId.NONE);
    }
  }

  @Override
  void leave() {
    member.time.follow();
    List<Long> local = new ArrayList<>();
    for (Reader reader : reads.takeAll()) {
      if (reader instanceof Reader.Local(long id)) {
        local.add(id);
      }
    }
    if (!local.isEmpty()) {
      member.emit(new Effect.ReadRefused(local));
    }
  }
}
