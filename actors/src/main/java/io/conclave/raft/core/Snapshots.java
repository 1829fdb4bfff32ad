package io.conclave.raft.core;

import io.conclave.raft.core.LogEntry.Payload;
import java.util.List;
import java.util.Optional;

/** When to take a snapshot, what the log keeps behind it, and how a received one is installed. */
final class Snapshots {
  /** Between two attempts, in election timeouts. */
  private static final int RETRY_ELECTION_TIMEOUTS = 5;

  private final MemberState member;
  private Optional<SnapshotMeta> newest;
  private long newestBytes;
  private long bytesSince;
  private long heapBytesSince;
  private long bootstrapHash;
  private boolean taking;
  private int ticksUntilRetry;
  private Optional<SnapshotMeta> received = Optional.empty();
  private Optional<LogPosition> installing = Optional.empty();

  Snapshots(MemberState member, Optional<SnapshotMeta> recovered) {
    this.member = member;
    this.newest = recovered;
    this.bootstrapHash = recovered.map(SnapshotMeta::bootstrapHash).orElse(0L);
  }

  Optional<SnapshotMeta> newest() {
    return newest;
  }

  long bootstrapHash() {
    return bootstrapHash;
  }

  /** A received snapshot waits for the disk, or is being installed. */
  boolean isInstalling() {
    return installing.isPresent() || received.isPresent();
  }

  /** These entries were handed out to be applied. */
  void applying(List<LogEntry> entries) {
    for (LogEntry entry : entries) {
      bytesSince += RaftLog.sizeOf(entry);
      heapBytesSince += RaftLog.heapBytesOf(entry);
      if (entry.payload() instanceof Payload.Bootstrap(Membership membership)) {
        bootstrapHash = FirstEntry.hash(membership);
      }
    }
  }

  /** Asks for a snapshot once enough was applied since the last one. */
  void applied() {
    if (isDue() && !taking && !isInstalling()) {
      taking = true;
      member.emit(new Effect.TakeSnapshot());
    }
  }

  /**
   * By entries, as etcd, but a large tree is not written over and over for a few small ones; or by
   * memory, and then for the log's sake, whatever it costs.
   */
  private boolean isDue() {
    RaftOptions.Compaction options = member.options.compaction();
    long since = member.log.applied() - covered();
    boolean byEntries =
        since >= options.snapshotEntries()
            && bytesSince >= Math.min(newestBytes, options.snapshotBytesMax());
    boolean byMemory = heapBytesSince >= options.logBytesMax() / 2 || isOverLimit();
    return byEntries || since > 0 && byMemory && ticksUntilRetry == 0;
  }

  private long covered() {
    return newest.map(meta -> meta.position().index()).orElse(0L);
  }

  private boolean isOverLimit() {
    return member.log.heapBytes() >= member.options.compaction().logBytesMax();
  }

  /** After a failure time must pass, since nothing may be applied before the next attempt. */
  void tick() {
    if (ticksUntilRetry > 0 && member.diskHasSpace && --ticksUntilRetry == 0) {
      applied();
    }
  }

  /**
   * Whether the log takes as much memory as it may. What is only kept for slow followers goes
   * first, since a snapshot serves them, too; and a snapshot is asked for here as well: of a full
   * log perhaps nothing more is applied.
   */
  boolean isLogFull() {
    if (!isOverLimit()) {
      return false;
    }
    compactTo(Math.min(covered(), member.log.applied()));
    applied();
    return isOverLimit();
  }

  /**
   * Whether a follower has to let a full log become shorter before it takes more. Without anything
   * in it that is applied it never would: then what the leader sends is what commits the rest, and
   * the leader's own limit bounds it.
   */
  boolean mustLogWait() {
    return isLogFull() && member.log.applied() > member.log.before().index();
  }

  Optional<SnapshotMeta> describe(long index) {
    if (!member.log.holds(index)) {
      return Optional.empty();
    }
    return Optional.of(
        new SnapshotMeta(
            member.log.positionAt(index),
            member.configurations.at(index),
            bootstrapHash,
            member.time.confirmed(member.log.stampAt(index))));
  }

  /** The lowest index that stays behind a snapshot at {@code index}, for slow followers. */
  long firstKept(long index) {
    return firstKept(index, index - member.options.compaction().catchUpEntries() + 1);
  }

  /** The lowest index from {@code wanted} on that the limit in bytes allows to keep. */
  private long firstKept(long index, long wanted) {
    long lowest = Math.max(member.log.firstIndex(), wanted);
    long bytesMax = catchUpBytesMax();
    long bytes = 0;
    long kept = index + 1;
    while (kept > lowest && member.log.holds(kept - 1)) {
      bytes += RaftLog.heapBytesOf(member.log.entry(kept - 1));
      if (bytes > bytesMax) {
        break;
      }
      kept--;
    }
    return kept;
  }

  private long catchUpBytesMax() {
    RaftOptions.Compaction options = member.options.compaction();
    return Math.min(options.catchUpBytesMax(), options.logBytesMax() / 4);
  }

  void saved(SnapshotMeta meta, long sizeBytes) {
    taking = false;
    if (newest.isPresent() && newest.get().position().index() >= meta.position().index()) {
      return;
    }
    newest = Optional.of(meta);
    newestBytes = sizeBytes;
    bytesSince = 0;
    long index = meta.position().index();
    if (member.log.holds(index)) {
      heapBytesSince = member.log.heapBytes(index + 1, member.log.applying());
      long wanted = index - member.options.compaction().catchUpEntries() + 1;
      long first = firstKept(index, Math.min(wanted, member.rules().firstNeeded()));
      compactTo(Math.min(first - 1, member.log.applied()));
    }
    applied(); // perhaps enough came while it was written
  }

  private void compactTo(long index) {
    member.log.compactTo(index);
    member.configurations.compactedTo(member.log.before().index());
  }

  void failed() {
    taking = false;
    bytesSince = 0;
    ticksUntilRetry = RETRY_ELECTION_TIMEOUTS * member.options.timing().electionTicks();
  }

  /**
   * A transfer ended well; only a follower that still lacks it has a use for it. The same snapshot
   * may come again, from another leader: its file is the one that is waited for, so it stays.
   */
  void received(SnapshotMeta meta) {
    LogPosition position = meta.position();
    if (received.filter(waiting -> waiting.position().equals(position)).isPresent()
        || installing.filter(position::equals).isPresent()) {
      return;
    }
    if (isInstalling() || member.rules().role() != Role.FOLLOWER) {
      member.emit(new Effect.DropSnapshot(meta));
      return;
    }
    received = Optional.of(meta);
  }

  /** Decides about a received snapshot as soon as the journal is quiet. */
  void flush() {
    if (installing.isPresent() || received.isEmpty()) {
      return;
    }
    SnapshotMeta meta = received.get();
    LogPosition position = meta.position();
    if (position.index() <= member.log.commit() || member.log.matches(position)) {
      received = Optional.empty();
      member.log.commitTo(position.index());
      member.emit(new Effect.DropSnapshot(meta));
      acknowledge(member.log.commit());
    } else if (member.disk.isIdle()) {
      received = Optional.empty();
      install(meta);
    }
  }

  private void install(SnapshotMeta meta) {
    LogPosition position = meta.position();
    installing = Optional.of(position);
    member.disk.close();
    member.log.restore(position, meta.stamp());
    member.configurations.restored(position.index(), meta.membership());
    member.disk.forgetPromises();
    member.hearTime(meta);
    bootstrapHash = meta.bootstrapHash();
    bytesSince = 0;
    heapBytesSince = 0;
    HardState hardState = member.hardState();
    member.disk.handedWithSnapshot(hardState);
    member.emit(new Effect.InstallSnapshot(meta, hardState));
  }

  void installed(SnapshotMeta meta, long sizeBytes) {
    Require.require(
        installing.filter(meta.position()::equals).isPresent(),
        "snapshot %s was not to be installed",
        meta.position());
    installing = Optional.empty();
    newest = Optional.of(meta);
    newestBytes = sizeBytes;
    member.disk.reopen();
    acknowledge(meta.position().index());
  }

  private void acknowledge(long index) {
    MemberId leader = member.leader();
    if (!leader.isNone() && !leader.equals(member.self)) {
      member.sendWhenDurable(
          leader, new RaftMessage.AppendEntriesResponse(member.term(), index), index);
    }
  }
}
