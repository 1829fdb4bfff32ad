package io.conclave.raft.core;

import static io.conclave.raft.core.JournalDamage.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The meaning of a journal: what its events leave behind when they are replayed, and how many of
 * them a snapshot makes needless. The journal keeps one for its whole life: it replays into it, and
 * goes on adding each event that became durable.
 *
 * <p>Sequence numbers are the journal's own, ascending without gaps. Every {@link JournalDamage}
 * means that the disk has lost or changed something.
 */
public final class JournalFold {
  private HardState hardState;
  private Optional<SnapshotMeta> snapshot;
  private long lastSeq;
  private long cut;
  private LogPosition before;
  private boolean begun;
  private long committedByEvents;
  private final List<LogEntry> entries = new ArrayList<>();
  private boolean keepEntries = true;
  private long lastIndex;

  /** First live index of each event that holds live entries, to its sequence number. */
  private final TreeMap<Long, Long> liveEvents = new TreeMap<>();

  /**
   * @param snapshot the newest that verifies, or empty
   * @param owned the hard state beside it, {@link HardState#INITIAL} if there is none
   * @param cut sequence number of the last event that replay leaves out (S), 0 for none
   */
  public JournalFold(Optional<SnapshotMeta> snapshot, HardState owned, long cut) {
    this.snapshot = snapshot;
    this.hardState = owned;
    this.cut = cut;
    this.lastSeq = cut;
    this.before = snapshot.map(SnapshotMeta::position).orElse(LogPosition.ORIGIN);
    this.lastIndex = before.index();
  }

  /** The next event in the order of the journal. */
  public void add(long seq, JournalEvent event) {
    check(seq == lastSeq + 1, "event %d follows %d", seq, lastSeq);
    lastSeq = seq;
    if (event instanceof JournalEvent.Appended appended) {
      append(seq, appended);
    }
    merge(event.hardState());
    committedByEvents = Math.max(committedByEvents, event.hardState().commit());
  }

  private void append(long seq, JournalEvent.Appended appended) {
    if (!begun) {
      begin(appended.before());
    }
    LogPosition at = appended.before();
    check(
        at.index() >= before.index() && at.index() <= lastIndex,
        "event %d appends at %d, the log holds %d to %d",
        seq,
        at.index() + 1,
        before.index() + 1,
        lastIndex);
    check(
        at.index() == lastIndex || at.index() >= committedByEvents,
        "event %d discards entries from %d on, %d are committed",
        seq,
        at.index() + 1,
        committedByEvents);
    if (keepEntries) {
      check(at.equals(positionAt(at.index())), "event %d does not join the log at %s", seq, at);
      entries.subList((int) (at.index() - before.index()), entries.size()).clear();
      entries.addAll(appended.entries());
    }
    liveEvents.tailMap(at.index() + 1, true).clear();
    liveEvents.put(at.index() + 1, seq);
    lastIndex = at.index() + appended.entries().size();
  }

  /** The first append after the cut says where the kept log starts, at or below the snapshot. */
  private void begin(LogPosition first) {
    check(
        first.index() <= before.index(),
        "the log starts at %d, the snapshot covers only %d",
        first.index() + 1,
        before.index());
    begun = true;
    before = first;
    lastIndex = first.index();
  }

  private LogPosition positionAt(long index) {
    return index == before.index()
        ? before
        : entries.get((int) (index - before.index() - 1)).position();
  }

  private void merge(HardState other) {
    HardState mine = hardState;
    long commit = Math.max(mine.commit(), other.commit());
    if (other.term() != mine.term()) {
      HardState later = other.term() > mine.term() ? other : mine;
      hardState = new HardState(later.term(), later.vote(), commit);
      return;
    }
    check(
        mine.vote().isNone() || other.vote().isNone() || mine.vote().equals(other.vote()),
        "votes for %s and %s in term %d",
        mine.vote(),
        other.vote(),
        mine.term());
    MemberId vote = mine.vote().isNone() ? other.vote() : mine.vote();
    hardState = new HardState(mine.term(), vote, commit);
  }

  /**
   * Ends the replay; from here on only sequence numbers are kept, no entries.
   *
   * @param notedCommit commit index of the witness note, 0 if there is none
   * @param notedClusterTime cluster time of the witness note, 0 if there is none
   */
  public RecoveredState recovered(long notedCommit, long notedClusterTime) {
    long covered = snapshot.map(meta -> meta.position().index()).orElse(0L);
    check(
        lastIndex >= covered,
        "the log ends at %d in front of the snapshot at %d",
        lastIndex,
        covered);
    snapshot.ifPresent(
        meta ->
            check(
                meta.position().equals(positionAt(covered)),
                "the log has %s where the snapshot has %s",
                positionAt(covered),
                meta.position()));
    long commit = Math.max(Math.max(hardState.commit(), notedCommit), covered);
    check(commit <= lastIndex, "commit is %d, the log ends at %d", commit, lastIndex);
    merge(new HardState(0, MemberId.NONE, commit));
    RecoveredState state =
        new RecoveredState(
            hardState, snapshot, before, List.copyOf(entries), Math.max(0, notedClusterTime));
    entries.clear();
    keepEntries = false;
    return state;
  }

  /**
   * The cut for a snapshot behind which entry {@code firstKept} must survive: the sequence number
   * of the last event that replay may leave out. An event without entries is never a reason to cut
   * further.
   */
  public long cutFor(long firstKept) {
    var holder = liveEvents.floorEntry(firstKept);
    if (firstKept > lastIndex || holder == null) {
      return firstKept > lastIndex ? Math.max(cut, lastSeq) : cut;
    }
    return Math.max(cut, holder.getValue() - 1);
  }

  /**
   * The hard state that goes with a snapshot: the later vote, and a commit that what is on disk
   * bears out. A commit that rests on entries not yet written could meet others at recovery.
   *
   * @param handed to the journal last, perhaps not durable yet
   */
  public HardState ownedWith(SnapshotMeta meta, HardState handed) {
    HardState later = handed.term() >= hardState.term() ? handed : hardState;
    long commit = Math.max(hardState.commit(), meta.position().index());
    return new HardState(later.term(), later.vote(), commit);
  }

  /** A snapshot with this cut is durable and verified. */
  public void snapshotSaved(SnapshotMeta meta, long newCut) {
    check(newCut >= cut && newCut <= lastSeq, "cut %d is not in %d..%d", newCut, cut, lastSeq);
    cut = newCut;
    snapshot = Optional.of(meta);
    liveEvents.values().removeIf(seq -> seq <= newCut);
  }

  /** A snapshot from another member replaced the log; it is durable with its cut at the end. */
  public void snapshotInstalled(SnapshotMeta meta, HardState owned) {
    cut = lastSeq;
    snapshot = Optional.of(meta);
    merge(owned);
    committedByEvents = Math.max(committedByEvents, meta.position().index());
    liveEvents.clear();
    entries.clear();
    before = meta.position();
    lastIndex = before.index();
    begun = false;
  }

  /**
   * Segments of the journal that no recovery needs any more, by number, ascending.
   *
   * @param lastSeqBySegment the highest sequence number of each closed segment; the open one is not
   *     in here
   * @param olderVerifiedCut the cut of the second newest snapshot read back in this process; the
   *     newest may turn out damaged
   */
  public static List<Long> deletable(
      TreeMap<Long, Long> lastSeqBySegment, long olderVerifiedCut, long newestSeq) {
    return lastSeqBySegment.entrySet().stream()
        .filter(segment -> segment.getValue() <= olderVerifiedCut)
        .filter(segment -> segment.getValue() < newestSeq)
        .map(java.util.Map.Entry::getKey)
        .toList();
  }

  /** As far as the events and the snapshot tell. */
  public HardState hardState() {
    return hardState;
  }

  public long lastSeq() {
    return lastSeq;
  }

  public long lastIndex() {
    return lastIndex;
  }
}
