package io.conclave.raft.core;

import io.conclave.raft.core.RaftMessage.AppendEntries;
import io.conclave.raft.core.RaftMessage.AppendEntriesRejected;
import io.conclave.raft.core.RaftMessage.Heartbeat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A leader's peers: what each has, and what it is sent next (§5.3). */
final class Replication {
  private final MemberState member;
  private final TreeMap<MemberId, Progress> peers = new TreeMap<>();

  Replication(MemberState member) {
    this.member = member;
    follow(member.membership(), 0);
  }

  NavigableMap<MemberId, Progress> peers() {
    return java.util.Collections.unmodifiableNavigableMap(peers);
  }

  Optional<Progress> of(MemberId peer) {
    return Optional.ofNullable(peers.get(peer));
  }

  /** Another configuration is in force, by the entry at {@code index}. */
  void follow(Membership membership, long index) {
    for (MemberId id : membership.members().keySet()) {
      if (!id.equals(member.self)) {
        // A new leader, and a new peer, gets one interval before silence counts against it.
        peers.computeIfAbsent(id, peer -> new Progress(member.log.lastIndex() + 1, true));
      }
    }
    peers.forEach(
        (id, progress) -> {
          if (membership.member(id).isEmpty() && !progress.isRemoved()) {
            progress.removedBy(index);
          }
        });
  }

  /** Lets go of removed peers that know it or had the time to. */
  void tick() {
    int ticksMax = member.options.timing().electionTicks();
    peers.values().removeIf(progress -> progress.isOver(member.log.commit(), ticksMax));
  }

  /** Voters, this member included if it is one, that were heard of in this interval. */
  long activeVoters() {
    return member.membership().voters().stream().filter(this::isActive).count();
  }

  /** A heartbeat interval is over. */
  void interval() {
    peers.values().forEach(Progress::interval);
  }

  boolean isActive(MemberId id) {
    return id.equals(member.self) || of(id).map(Progress::isRecentlyActive).orElse(false);
  }

  boolean isReachable(MemberId id) {
    return id.equals(member.self) || of(id).map(Progress::isReachable).orElse(false);
  }

  void forgetActivity() {
    peers.values().forEach(Progress::forgetActivity);
  }

  /** The highest index that a majority holds durably. */
  long majorityMatch() {
    return Quorum.reachedByMajority(
        member.membership().voters(),
        id ->
            id.equals(member.self)
                ? member.log.persisted()
                : of(id).map(Progress::match).orElse(0L));
  }

  /** The newest round that a majority has answered; this member always has. */
  long majorityRound(long newest) {
    return Quorum.reachedByMajority(
        member.membership().voters(),
        id -> id.equals(member.self) ? newest : of(id).map(Progress::round).orElse(0L));
  }

  /** The commit that a heartbeat tells is never beyond what that peer is known to have. */
  void heartbeat(long round) {
    peers.forEach(
        (id, progress) -> {
          long commit = Math.min(progress.match(), member.log.commit());
          member.send(id, new Heartbeat(member.term(), round, commit, member.time.confirmed()));
        });
  }

  void sendAll() {
    peers.forEach(this::send);
  }

  private void send(MemberId id, Progress progress) {
    RaftOptions.Batching limits = member.options.batching();
    while (progress.mayAppend(limits)) {
      if (progress.next() <= member.log.before().index()) {
        sendSnapshot(id, progress);
        return;
      }
      List<LogEntry> entries =
          member.log.slice(
              progress.next(),
              member.log.lastIndex(),
              limits.messageEntriesMax(),
              limits.messageBytesMax());
      long commit = member.log.commit();
      boolean tellsCommit = Math.min(commit, progress.next() - 1) > progress.sentCommit();
      boolean probes = progress.state() == Progress.State.PROBE;
      if (entries.isEmpty() && !probes && !tellsCommit) {
        return;
      }
      append(id, progress, entries);
    }
  }

  private void append(MemberId id, Progress progress, List<LogEntry> entries) {
    LogPosition before = member.log.positionAt(progress.next() - 1);
    long commit = member.log.commit();
    member.send(id, new AppendEntries(member.term(), before, entries, commit));
    progress.sent(entries, commit);
  }

  private void sendSnapshot(MemberId id, Progress progress) {
    Optional<SnapshotMeta> snapshot = member.snapshots.newest();
    if (snapshot.isEmpty() || !progress.isRecentlyActive()) {
      return;
    }
    progress.sendingSnapshot(snapshot.get().position().index());
    member.emit(new Effect.StreamSnapshot(id, snapshot.get()));
  }

  /** The lowest index that a peer in transfer will need, within what may be kept for it. */
  long firstNeeded() {
    long needed = Long.MAX_VALUE;
    for (Progress progress : peers.values()) {
      if (progress.state() == Progress.State.SNAPSHOT) {
        needed = Math.min(needed, progress.snapshotIndex() + 1);
      }
    }
    return needed;
  }

  /** A peer that is alive but does not move may have lost a message: ask where it is. */
  void heartbeatAnswered(MemberId id, Progress progress) {
    if (!progress.heartbeatAnswered()) {
      return;
    }
    if (progress.next() > member.log.before().index()) {
      append(id, progress, List.of());
    } else {
      progress.probe(); // what it has to be asked about is compacted away
    }
  }

  void rejected(Progress progress, AppendEntriesRejected rejection) {
    LogPosition hint = rejection.hint();
    long agreed = member.log.latestWithTermAtMost(hint.index(), hint.term()).index();
    progress.rejected(rejection.rejectedIndex(), Math.min(agreed, hint.index()));
  }

  /** The voter with the longest log among those heard of lately, to take over. */
  Optional<MemberId> bestSuccessor(Set<MemberId> excluded) {
    return peers.entrySet().stream()
        .filter(peer -> member.membership().isVoter(peer.getKey()))
        .filter(peer -> !excluded.contains(peer.getKey()))
        .filter(peer -> peer.getValue().isReachable())
        .max(Map.Entry.comparingByValue((a, b) -> Long.compare(a.match(), b.match())))
        .map(Map.Entry::getKey);
  }
}
