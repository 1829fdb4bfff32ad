package io.conclave.raft.core;

import io.conclave.raft.core.RaftMessage.AppendEntries;
import io.conclave.raft.core.RaftMessage.AppendEntriesRejected;
import io.conclave.raft.core.RaftMessage.ForwardRefused;
import io.conclave.raft.core.RaftMessage.ForwardedChange;
import io.conclave.raft.core.RaftMessage.ForwardedProposals;
import io.conclave.raft.core.RaftMessage.Heartbeat;
import io.conclave.raft.core.RaftMessage.HeartbeatResponse;
import io.conclave.raft.core.RaftMessage.PreVote;
import io.conclave.raft.core.RaftMessage.PreVoteResponse;
import io.conclave.raft.core.RaftMessage.RequestVote;
import io.conclave.raft.core.RaftMessage.RequestVoteResponse;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One member's share of Raft: a value that is stepped with what happens and drained of what to do.
 *
 * <p>The same state and the same input give the same effects: there is no clock, thread, file or
 * socket in here, and chance comes from the given generator. Called by one thread.
 *
 * <p>This class deals with what is the same in all roles, above all with terms (§5.1); the rules of
 * each role are in {@link Follower}, {@link Candidate} and {@link Leader}.
 *
 * @see <a href="https://raft.github.io/raft.pdf">the Raft paper</a>, whose sections are cited as
 *     §5.3, and Diego Ongaro's thesis, cited as thesis §4.1
 */
public final class RaftCore {
  private final MemberState member;
  private Effect.RoleChanged told;
  private Membership toldMembership;

  /**
   * A follower with what survived on its disk.
   *
   * @param random for election timeouts and numbers that nobody else may guess
   */
  public RaftCore(
      MemberId self, RaftOptions options, RecoveredState recovered, RandomGenerator random) {
    this.member = new MemberState(self, options, recovered, random);
    this.told = roleNow();
    this.toldMembership = member.membership();
  }

  /** Takes in what happened; effects gather until they are drained. */
  public void step(Input input) {
    switch (input) {
      case Input.Tick tick -> onTick(tick);
      case Input.Propose propose -> onPropose(propose);
      case Input.ChangeMembership change -> onChange(change);
      case Input.ReadIndex(long id) -> member.rules().read(id);
      case Input.PeerMessage(MemberId from, RaftMessage message) -> receive(from, message);
      case Input.Persisted(long ticket) -> onPersisted(ticket);
      case Input.Applied(long index) -> onApplied(index);
      case Input.SnapshotSaved(SnapshotMeta meta, long size) -> member.snapshots.saved(meta, size);
      case Input.SnapshotFailed() -> {
        member.snapshots.failed();
        member.rules().snapshotFailed();
      }
      case Input.SnapshotReceived(SnapshotMeta meta) -> member.snapshots.received(meta);
      case Input.SnapshotInstalled(SnapshotMeta meta, long size) ->
          member.snapshots.installed(meta, size);
      case Input.SnapshotTransferEnded(MemberId peer) -> member.rules().transferEnded(peer);
      case Input.PeerUnreachable(MemberId peer) -> member.rules().peerUnreachable(peer);
      case Input.TransferLeadership(MemberId target) -> member.rules().transfer(target);
      case Input.MemberPublished(MemberId id) -> onPublished(id);
      case Input.LeaderSuspected() -> member.rules().suspectLeader();
      case Input.DiskSpace(boolean enough) -> onDiskSpace(enough);
    }
    tellRole();
  }

  /** What is to be done now, in this order; builds the batches of journal and messages. */
  public List<Effect> drain() {
    release();
    member.rules().flush();
    tellRole();
    member.snapshots.flush();
    member.disk.next(member.hardState()).ifPresent(member::emit);
    release();
    RaftOptions.Batching limits = member.options.batching();
    List<LogEntry> next =
        member.log.nextToApply(limits.applyEntriesMax(), limits.persistBytesMax());
    if (!next.isEmpty()) {
      member.snapshots.applying(next);
      member.emit(new Effect.Apply(next));
    }
    return member.takeEffects();
  }

  private void onTick(Input.Tick tick) {
    member.time.tick(tick);
    member.disk.tick();
    member.snapshots.tick();
    member.rules().tick();
  }

  private void onPropose(Input.Propose propose) {
    refusal(propose.term())
        .ifPresentOrElse(
            why -> member.emit(new Effect.ProposalRefused(propose.id(), propose.term(), why)),
            () -> member.rules().propose(propose.id(), propose.command()));
  }

  private void onChange(Input.ChangeMembership change) {
    refusal(change.term())
        .ifPresentOrElse(
            why -> member.emit(new Effect.ProposalRefused(change.id(), change.term(), why)),
            () -> member.rules().change(change.id(), change.change()));
  }

  /**
   * Why nothing can be proposed here for this term, whoever leads it. Without room on its disk a
   * follower takes no entries, so that it would never learn what became of a proposal.
   */
  private Optional<Refusal> refusal(long term) {
    if (term != member.term()) {
      return Optional.of(Refusal.NOT_LEADER);
    }
    return member.diskHasSpace ? Optional.empty() : Optional.of(Refusal.NO_SPACE);
  }

  private void onPersisted(long ticket) {
    member.disk.persisted(ticket);
    member.rules().persisted();
    release();
  }

  private void onApplied(long index) {
    member.log.appliedTo(index);
    member.snapshots.applied();
  }

  private void onPublished(MemberId id) {
    if (member.membership().member(id).isPresent()) {
      member.published.add(id);
    }
  }

  private void onDiskSpace(boolean enough) {
    if (member.diskHasSpace != enough) {
      member.diskHasSpace = enough;
      member.rules().diskSpaceChanged();
    }
  }

  /** Sends what waited for the disk; a member's own vote is a message to itself. */
  private void release() {
    for (Effect.Send send : member.disk.released()) {
      if (send.message().term() != member.term()) {
        continue; // promised to somebody whose term is over
      }
      if (send.to().equals(member.self)) {
        member.rules().receive(member.self, send.message());
      } else {
        member.emit(send);
      }
    }
  }

  private void receive(MemberId from, RaftMessage message) {
    if (message instanceof ForwardRefused refused) {
      refused.ids().forEach(id -> tellRefused(id, refused)); // true in whatever term it arrives
    }
    if (message instanceof PreVote request) {
      Voting.onPreVote(member, from, request);
      return;
    }
    if (message instanceof PreVoteResponse response && response.granted()) {
      if (response.term() == member.term() + 1) {
        member.rules().receive(from, response);
      }
      return;
    }
    if (message instanceof RequestVote request && !Voting.isHeard(member, request)) {
      return;
    }
    if (message.term() < member.term()) {
      answerOldTerm(from, message);
      return;
    }
    if (message.term() > member.term()) {
      boolean fromLeader = message instanceof AppendEntries || message instanceof Heartbeat;
      member.becomeFollower(message.term(), fromLeader ? from : MemberId.NONE);
    }
    switch (message) {
      case RequestVote request -> Voting.onRequestVote(member, from, request);
      case ForwardedProposals forwarded when member.rules().role() != Role.LEADER ->
          refuse(from, forwarded);
      case ForwardedChange forwarded when member.rules().role() != Role.LEADER ->
          refuse(from, forwarded);
      default -> member.rules().receive(from, message);
    }
  }

  private void tellRefused(RequestId id, ForwardRefused refused) {
    member.emit(new Effect.ProposalRefused(id, refused.meantFor(), refused.why()));
  }

  /**
   * A leader or candidate of an older term learns the present one, or it would go on for ever; what
   * else is old says nothing any more.
   */
  private void answerOldTerm(MemberId from, RaftMessage message) {
    long term = member.term();
    switch (message) {
      case AppendEntries append ->
          member.send(
              from, new AppendEntriesRejected(term, append.before().index(), member.log.last()));
      case Heartbeat ignored -> member.send(from, new HeartbeatResponse(term, 0));
      case RequestVote ignored -> member.send(from, new RequestVoteResponse(term, false));
      case ForwardedProposals forwarded -> refuse(from, forwarded);
      case ForwardedChange forwarded -> refuse(from, forwarded);
      default -> {}
    }
  }

  private void refuse(MemberId from, ForwardedProposals forwarded) {
    List<RequestId> ids = forwarded.proposals().stream().map(RaftMessage.Proposal::id).toList();
    member.send(from, new ForwardRefused(member.term(), forwarded.term(), ids, Refusal.NOT_LEADER));
  }

  private void refuse(MemberId from, ForwardedChange forwarded) {
    member.send(
        from,
        new ForwardRefused(
            member.term(), forwarded.term(), List.of(forwarded.id()), Refusal.NOT_LEADER));
  }

  private Effect.RoleChanged roleNow() {
    return new Effect.RoleChanged(member.rules().role(), member.term(), member.leader());
  }

  private void tellRole() {
    Effect.RoleChanged now = roleNow();
    if (!now.equals(told)) {
      told = now;
      member.emit(now);
    }
    Membership membership = member.membership();
    if (membership != toldMembership) {
      toldMembership = membership;
      member.emit(new Effect.MembershipChanged(membership));
    }
  }

  public MemberId self() {
    return member.self;
  }

  public Role role() {
    return member.rules().role();
  }

  public long term() {
    return member.term();
  }

  /** {@link MemberId#NONE} if none is known. */
  public MemberId leader() {
    return member.leader();
  }

  public long commitIndex() {
    return member.log.commit();
  }

  /** Everything up to here is applied, as far as {@link Input.Applied} told. */
  public long appliedIndex() {
    return member.log.applied();
  }

  public LogPosition lastPosition() {
    return member.log.last();
  }

  /** The configuration in force. */
  public Membership membership() {
    return member.membership();
  }

  /** What this member knows of its peers while it leads, by id; otherwise nothing. */
  public List<PeerProgress> peers() {
    return member.rules().peers();
  }

  /** Hash of the cluster's first entry; 0 for a joiner that has not received it yet. */
  public long bootstrapHash() {
    return member.snapshots.bootstrapHash();
  }

  /** The newest cluster time known here and the newest wall offset of the log; for answers. */
  public Stamp now() {
    return member.time.now(member.log.lastStamp());
  }

  /** The newest cluster time that a majority has confirmed, in milliseconds; for the note. */
  public long confirmedClusterTime() {
    return member.time.confirmed();
  }

  /**
   * What goes with a tree that has applied exactly up to {@code index}; empty if the log begins
   * later by now, because a snapshot was installed or saved meanwhile.
   */
  public Optional<SnapshotMeta> describeSnapshot(long index) {
    return member.snapshots.describe(index);
  }

  /** The lowest index that must survive in the journal behind a snapshot at {@code index}. */
  public long firstKept(long index) {
    return member.snapshots.firstKept(index);
  }

  /**
   * Term and vote as last handed to the journal, and the commit index as far as its entries are
   * durable here; for a snapshot's file and for the note beside the journal.
   */
  public HardState hardState() {
    return member.disk.handed();
  }
}
