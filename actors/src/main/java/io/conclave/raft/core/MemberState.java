package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What a member is, whatever its role: term and vote, log, configurations, disk, time; and the ways
 * from one role to another. Roles decide, this remembers.
 */
final class MemberState {
  final MemberId self;
  final RaftOptions options;
  final RandomGenerator random;
  final RaftLog log;
  final Configurations configurations;
  final DiskQueue disk;
  final ClusterTime time;
  final Snapshots snapshots;
  final Set<MemberId> published = new HashSet<>();
  boolean diskHasSpace = true;

  private final List<Effect> effects = new ArrayList<>();
  private long term;
  private MemberId vote;
  private MemberId leader = MemberId.NONE;
  private RoleRules rules;

  MemberState(
      MemberId self, RaftOptions options, RecoveredState recovered, RandomGenerator random) {
    this.self = self;
    this.options = options;
    this.random = random;
    this.time = new ClusterTime(recovered.latestClusterTime(), recovered.hardState().term());
    this.term = recovered.hardState().term();
    this.vote = recovered.hardState().vote();
    LogPosition covered =
        recovered.snapshot().map(SnapshotMeta::position).orElse(LogPosition.ORIGIN);
    long commit = Math.max(recovered.hardState().commit(), covered.index());
    Stamp stampBefore = recovered.snapshot().map(SnapshotMeta::stamp).orElse(Stamp.ZERO);
    this.log =
        new RaftLog(recovered.before(), stampBefore, recovered.entries(), commit, covered.index());
    this.configurations =
        new Configurations(
            covered.index(),
            recovered.snapshot().map(SnapshotMeta::membership).orElse(Membership.EMPTY));
    recovered.entries().stream()
        .filter(entry -> entry.index() > covered.index())
        .forEach(configurations::appended);
    this.disk = new DiskQueue(options.batching(), log, recovered.hardState());
    this.snapshots = new Snapshots(this, recovered.snapshot());
    require(
        log.last().term() <= Math.max(term, covered.term()),
        "damage: log ends at %s in term %d",
        log.last(),
        term);
    this.rules = new Follower(this);
  }

  /** A snapshot knows how late it was. */
  void hearTime(SnapshotMeta meta) {
    time.heard(meta.position().term(), meta.stamp().clusterTime());
  }

  long term() {
    return term;
  }

  MemberId leader() {
    return leader;
  }

  RoleRules rules() {
    return rules;
  }

  MemberId vote() {
    return vote;
  }

  HardState hardState() {
    return new HardState(term, vote, log.commit());
  }

  Membership membership() {
    return configurations.inForce();
  }

  /**
   * Whether this member may ask for votes: learners never do, and removed members only as long as
   * their removal may still be undone. Until then the others can need it: if the leader of two
   * removes the other one and forgets that in a crash, nobody else has the longer log (thesis
   * §4.2.2).
   */
  boolean isPromotable() {
    return (membership().isVoter(self) || isRemovalOpen()) && !snapshots.isInstalling();
  }

  private boolean isRemovalOpen() {
    return configurations.inForceSince() > log.commit()
        && configurations.at(log.commit()).isVoter(self);
  }

  boolean isOnlyVoter() {
    return membership().isVoter(self) && membership().voters().size() == 1;
  }

  void emit(Effect effect) {
    effects.add(effect);
  }

  List<Effect> takeEffects() {
    List<Effect> taken = List.copyOf(effects);
    effects.clear();
    return taken;
  }

  /** For what promises nothing. */
  void send(MemberId to, RaftMessage message) {
    effects.add(new Effect.Send(to, message));
  }

  /** For what must hold after a crash of this member. */
  void sendWhenDurable(MemberId to, RaftMessage message, long index) {
    disk.promise(to, message, index);
  }

  /** Appends an entry of this leader's term. */
  LogEntry appendOwn(RequestId id, LogEntry.Payload payload) {
    LogEntry entry =
        new LogEntry(
            new LogPosition(term, log.lastIndex() + 1), id, time.stamp(log.lastStamp()), payload);
    log.append(entry);
    configurations.appended(entry);
    return entry;
  }

  /** Takes over what a leader sent; {@code entries} join on to the log. */
  void appendReceived(List<LogEntry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    long firstNew = log.firstNew(entries);
    if (firstNew > entries.getLast().index()) {
      return;
    }
    if (firstNew <= log.lastIndex()) {
      log.truncateFrom(firstNew);
      configurations.truncatedFrom(firstNew);
      disk.truncatedFrom(firstNew);
    }
    for (LogEntry entry : entries) {
      if (entry.index() >= firstNew) {
        log.append(entry);
        configurations.appended(entry);
      }
    }
  }

  /** Moves to {@code newTerm} without a vote in it (§5.1). */
  private void enterTerm(long newTerm) {
    require(newTerm > term, "term %d after %d", newTerm, term);
    term = newTerm;
    vote = MemberId.NONE;
    disk.hardStateChanged();
    disk.forgetPromises();
  }

  void voteFor(MemberId candidate) {
    require(vote.isNone() || vote.equals(candidate), "second vote in term %d", term);
    if (!vote.equals(candidate)) {
      vote = candidate;
      disk.hardStateChanged();
    }
  }

  /**
   * Follows {@code newLeader} in {@code newTerm}, which is not below the current one.
   *
   * @param newLeader {@link MemberId#NONE} if not known yet
   */
  void becomeFollower(long newTerm, MemberId newLeader) {
    if (newTerm > term) {
      enterTerm(newTerm);
    }
    enter(new Follower(this), newLeader);
  }

  void becomePreCandidate() {
    enter(new Candidate(this, Candidate.Stage.PRE_VOTE), MemberId.NONE);
  }

  /**
   * @param transfer the leader itself asked for this election
   */
  void becomeCandidate(boolean transfer) {
    enterTerm(term + 1);
    voteFor(self);
    Candidate.Stage stage = transfer ? Candidate.Stage.TRANSFER : Candidate.Stage.VOTE;
    enter(new Candidate(this, stage), MemberId.NONE);
  }

  void becomeLeader() {
    time.lead(term, log.last().term(), log.lastStamp());
    enter(new Leader(this), self);
  }

  private void enter(RoleRules next, MemberId newLeader) {
    rules.leave();
    rules = next;
    leader = newLeader;
    next.begin();
  }

  /** A follower has heard who leads its term. */
  void follow(MemberId newLeader) {
    require(leader.isNone() || leader.equals(newLeader), "two leaders in term %d", term);
    leader = newLeader;
  }
}
