package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

import io.conclave.raft.core.LogEntry.Payload;
import java.util.ArrayList;
import java.util.List;

/**
 * The log since the last compaction, in memory, with the marks that move along it:
 *
 * <pre>
 *   before &lt;= applied &lt;= applying &lt;= min(commit, persisted)    persisted &lt;= handed &lt;= last
 * </pre>
 *
 * <i>handed</i> is what the journal was given, <i>persisted</i> what it has confirmed; <i>applying
 * </i> and <i>applied</i> are the same for the key space. Committed entries never change.
 */
final class RaftLog {
  private static final int ENTRY_OVERHEAD_BYTES = 48;
  private static final int CONFIGURATION_BYTES = 4096;

  /** Objects around a command, and its place in the list. */
  private static final int ENTRY_HEAP_BYTES = 192;

  private LogPosition before;
  private final ArrayList<LogEntry> entries;
  private Stamp stampBefore;
  private long persisted;
  private long handed;
  private long commit;
  private long applying;
  private long applied;
  private long heapBytes;

  /** A log of which everything is durable and everything up to {@code applied} is applied. */
  RaftLog(
      LogPosition before, Stamp stampBefore, List<LogEntry> entries, long commit, long applied) {
    this.before = before;
    this.stampBefore = stampBefore;
    this.entries = new ArrayList<>(entries);
    this.heapBytes = heapBytesOf(entries);
    this.persisted = lastIndex();
    this.handed = persisted;
    this.commit = commit;
    this.applied = applied;
    this.applying = applied;
    require(
        before.index() <= applied && applied <= commit && commit <= persisted,
        "log from %d to %d, applied %d, commit %d",
        before.index(),
        persisted,
        applied,
        commit);
  }

  /** What an entry counts against byte limits. */
  static int sizeOf(LogEntry entry) {
    return ENTRY_OVERHEAD_BYTES
        + switch (entry.payload()) {
          case Payload.Empty() -> 0;
          case Payload.Command(Bytes bytes) -> bytes.length();
          case Payload.Bootstrap ignored -> CONFIGURATION_BYTES;
          case Payload.Reconfigure ignored -> CONFIGURATION_BYTES;
        };
  }

  /** What an entry takes of the heap. */
  static long heapBytesOf(LogEntry entry) {
    return HeapArray.bytesOf(sizeOf(entry) - ENTRY_OVERHEAD_BYTES) + ENTRY_HEAP_BYTES;
  }

  private static long heapBytesOf(List<LogEntry> entries) {
    long bytes = 0;
    for (LogEntry entry : entries) {
      bytes += heapBytesOf(entry);
    }
    return bytes;
  }

  /** What all entries take of the heap. */
  long heapBytes() {
    return heapBytes;
  }

  /** What the entries from {@code from} to {@code to}, both inclusive, take of the heap. */
  long heapBytes(long from, long to) {
    return from > to
        ? 0
        : heapBytesOf(entries.subList((int) (from - firstIndex()), (int) (to - firstIndex()) + 1));
  }

  LogPosition before() {
    return before;
  }

  long firstIndex() {
    return before.index() + 1;
  }

  long lastIndex() {
    return before.index() + entries.size();
  }

  LogPosition last() {
    return entries.isEmpty() ? before : entries.get(entries.size() - 1).position();
  }

  /** The newest stamp: of the last entry, or what the snapshot in front of the log knows. */
  Stamp lastStamp() {
    return entries.isEmpty() ? stampBefore : entries.get(entries.size() - 1).stamp();
  }

  long persisted() {
    return persisted;
  }

  long handed() {
    return handed;
  }

  long commit() {
    return commit;
  }

  long applied() {
    return applied;
  }

  long applying() {
    return applying;
  }

  /** Whether the term of {@code index} is known here. */
  boolean holds(long index) {
    return index >= before.index() && index <= lastIndex();
  }

  long termAt(long index) {
    return positionAt(index).term();
  }

  LogPosition positionAt(long index) {
    require(holds(index), "no entry %d in %d..%d", index, firstIndex(), lastIndex());
    return index == before.index() ? before : entry(index).position();
  }

  LogEntry entry(long index) {
    return entries.get((int) (index - firstIndex()));
  }

  /** The stamp as of {@code index}, which this log holds or begins behind. */
  Stamp stampAt(long index) {
    return index == before.index() ? stampBefore : entry(index).stamp();
  }

  boolean matches(LogPosition position) {
    return holds(position.index()) && termAt(position.index()) == position.term();
  }

  /** Whether a log that ends at {@code other} is at least as up to date as this one (§5.4.1). */
  boolean isUpToDate(LogPosition other) {
    return other.compareTo(last()) >= 0;
  }

  /** Entries from {@code from} to {@code to}, both inclusive, cut by the limits; at least one. */
  List<LogEntry> slice(long from, long to, int entriesMax, int bytesMax) {
    if (from > to) {
      return List.of();
    }
    long end = Math.min(to, from + entriesMax - 1);
    long bytes = sizeOf(entry(from));
    long index = from;
    while (index < end) {
      bytes += sizeOf(entry(index + 1));
      if (bytes > bytesMax) {
        break;
      }
      index++;
    }
    int first = (int) (from - firstIndex());
    return List.copyOf(entries.subList(first, first + (int) (index - from) + 1));
  }

  /** A leader adds an entry of its own; it never changes what it has (§5.3). */
  void append(LogEntry entry) {
    require(
        entry.index() == lastIndex() + 1 && entry.term() >= last().term(),
        "entry %s can't follow %s",
        entry.position(),
        last());
    // A snapshot knows of time that passed since its last entry, so it says nothing about the next.
    require(
        entries.isEmpty() || entry.stamp().clusterTime() >= lastStamp().clusterTime(),
        "entry %s turns cluster time back to %d",
        entry.position(),
        entry.stamp().clusterTime());
    entries.add(entry);
    heapBytes += heapBytesOf(entry);
  }

  /**
   * Index of the first of {@code received} that this log does not have, or one past its last if it
   * has them all; {@code received} joins on to this log.
   */
  long firstNew(List<LogEntry> received) {
    for (LogEntry entry : received) {
      if (!matches(entry.position())) {
        return entry.index();
      }
    }
    return received.isEmpty() ? lastIndex() + 1 : received.getLast().index() + 1;
  }

  /**
   * Discards everything from {@code index} on, because a leader has something else there (§5.3).
   */
  void truncateFrom(long index) {
    require(index > commit, "can't discard entry %d, %d are committed", index, commit);
    require(index >= firstIndex() && index <= lastIndex() + 1, "nothing to discard at %d", index);
    forget(entries.subList((int) (index - firstIndex()), entries.size()));
    handed = Math.min(handed, index - 1);
    persisted = Math.min(persisted, index - 1);
  }

  /**
   * The latest position at or below {@code index} whose term is not above {@code term}: both logs
   * may agree there, and can't above it. Going back by terms finds the place in few steps (§5.3).
   */
  LogPosition latestWithTermAtMost(long index, long term) {
    long at = Math.min(index, lastIndex());
    while (at > before.index() && termAt(at) > term) {
      at--;
    }
    return positionAt(Math.max(at, before.index()));
  }

  /** Returns whether commit moved. */
  boolean commitTo(long index) {
    if (index <= commit) {
      return false;
    }
    require(index <= lastIndex(), "commit %d behind the end %d", index, lastIndex());
    commit = index;
    return true;
  }

  /** The journal was given everything up to {@code index}. */
  void handedTo(long index) {
    require(index >= handed && index <= lastIndex(), "handed %d of %d", index, lastIndex());
    handed = index;
  }

  /** The journal confirmed everything up to {@code index}. */
  void persistedTo(long index) {
    require(index <= handed, "confirmed %d, only %d were handed out", index, handed);
    persisted = Math.max(persisted, index);
  }

  /** The next entries to apply: committed and durable here, within the window. */
  List<LogEntry> nextToApply(int windowEntries, int bytesMax) {
    long to = Math.min(Math.min(commit, persisted), applied + windowEntries);
    List<LogEntry> next = slice(applying + 1, to, windowEntries, bytesMax);
    applying += next.size();
    return next;
  }

  void appliedTo(long index) {
    require(index <= applying, "applied %d, only %d were handed out", index, applying);
    applied = Math.max(applied, index);
  }

  /** Forgets entries up to {@code index}, all of them applied. */
  void compactTo(long index) {
    if (index <= before.index()) {
      return;
    }
    require(index <= applied, "can't forget %d, applied %d", index, applied);
    LogPosition newBefore = positionAt(index);
    stampBefore = stampAt(index);
    forget(entries.subList(0, (int) (index - before.index())));
    before = newBefore;
  }

  private void forget(List<LogEntry> part) {
    heapBytes -= heapBytesOf(part);
    part.clear();
  }

  /** Starts anew behind an installed snapshot, which is as good as durable and applied. */
  void restore(LogPosition position, Stamp stamp) {
    require(position.index() > commit, "snapshot %s, but %d committed", position, commit);
    forget(entries);
    before = position;
    stampBefore = stamp;
    persisted = position.index();
    handed = persisted;
    commit = persisted;
    applied = persisted;
    applying = persisted;
  }
}
