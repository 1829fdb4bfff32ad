package io.conclave.raft.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What a leader knows of one peer, and how it sends to it. */
final class Progress {
  enum State {
    /** Not known where the logs agree: one message at a time. */
    PROBE,
    /** Known: messages follow each other without waiting, within the window. */
    REPLICATE,
    /** What the peer needs next is compacted away: a snapshot is on its way. */
    SNAPSHOT
  }

  private record Sent(long lastIndex, int entries, long bytes) {}

  private State state = State.PROBE;
  private long match;
  private long next;
  private long sentCommit;
  private boolean probeSent;
  private final Deque<Sent> window = new ArrayDeque<>();
  private int windowEntries;
  private long windowBytes;
  private boolean movedInInterval;
  private boolean quiet;
  private long snapshotIndex;
  private long round;
  private boolean recentlyActive;
  private boolean activeBefore;

  /** Index of the entry that removed the peer, 0 while it is a member. */
  private long removedBy;

  private int ticksSinceRemoved;

  Progress(long next, boolean recentlyActive) {
    this.next = next;
    this.recentlyActive = recentlyActive;
  }

  State state() {
    return state;
  }

  /** The highest index known to be durable there and equal to the leader's. */
  long match() {
    return match;
  }

  long next() {
    return next;
  }

  long round() {
    return round;
  }

  long sentCommit() {
    return sentCommit;
  }

  long snapshotIndex() {
    return snapshotIndex;
  }

  boolean isRecentlyActive() {
    return recentlyActive;
  }

  /** Heard of in this check-quorum interval, which may just have begun, or the one before. */
  boolean isReachable() {
    return recentlyActive || activeBefore;
  }

  void heardFrom() {
    recentlyActive = true;
  }

  /** A check-quorum interval begins. */
  void forgetActivity() {
    activeBefore = recentlyActive;
    recentlyActive = false;
  }

  void answeredRound(long answered) {
    round = Math.max(round, answered);
  }

  /** Whether another message may leave now. */
  boolean mayAppend(RaftOptions.Batching limits) {
    return switch (state) {
      case PROBE -> !probeSent;
      case REPLICATE ->
          windowEntries < limits.peerEntriesMax() && windowBytes < limits.peerBytesMax();
      case SNAPSHOT -> false;
    };
  }

  /** Entries, perhaps none, left for the peer. */
  void sent(List<LogEntry> entries, long commit) {
    sentCommit = Math.max(sentCommit, Math.min(commit, next - 1 + entries.size()));
    if (state == State.PROBE) {
      probeSent = true;
      moved();
      return;
    }
    if (entries.isEmpty()) {
      return;
    }
    moved();
    long bytes = entries.stream().mapToLong(RaftLog::sizeOf).sum();
    next += entries.size();
    window.add(new Sent(next - 1, entries.size(), bytes));
    windowEntries += entries.size();
    windowBytes += bytes;
  }

  /** The peer has everything up to {@code index}; true if that is news. */
  boolean acknowledged(long index) {
    boolean news = index > match;
    match = Math.max(match, index);
    next = Math.max(next, match + 1);
    while (!window.isEmpty() && window.peek().lastIndex() <= match) {
      Sent oldest = window.poll();
      windowEntries -= oldest.entries();
      windowBytes -= oldest.bytes();
    }
    if (news) {
      moved();
    }
    if (state == State.PROBE) {
      enter(State.REPLICATE);
    } else if (state == State.SNAPSHOT && match >= snapshotIndex) {
      enter(State.REPLICATE);
    }
    return news;
  }

  /**
   * The peer has nothing that fits at {@code rejected}.
   *
   * @param agreed the highest index at which both logs can agree
   */
  void rejected(long rejected, long agreed) {
    boolean stale = state == State.REPLICATE ? rejected <= match : rejected != next - 1;
    if (state == State.SNAPSHOT || stale) {
      return;
    }
    next = Math.max(match + 1, Math.min(rejected, agreed + 1));
    enter(State.PROBE);
  }

  /** Perhaps something was lost: find out before sending more. */
  void probe() {
    if (state == State.REPLICATE) {
      next = match + 1;
      enter(State.PROBE);
    }
  }

  /** A heartbeat interval is over. */
  void interval() {
    quiet = !movedInInterval;
    movedInInterval = false;
  }

  /**
   * The peer is alive. If nothing was sent or acknowledged for an interval, a lost probe may be
   * sent again; true if the peer has to be asked what became of all that was sent.
   */
  boolean heartbeatAnswered() {
    if (!quiet) {
      return false;
    }
    probeSent = false;
    return state == State.REPLICATE && next - 1 > match;
  }

  void sendingSnapshot(long index) {
    enter(State.SNAPSHOT);
    snapshotIndex = index;
  }

  /** The transfer is over; what became of it shows when the peer is probed behind it. */
  void snapshotEnded() {
    if (state == State.SNAPSHOT) {
      next = Math.max(match, snapshotIndex) + 1;
      enter(State.PROBE);
      probeSent = true; // most likely its acknowledgement is on the way
      moved();
    }
  }

  private void moved() {
    movedInInterval = true;
    quiet = false;
  }

  private void enter(State entered) {
    state = entered;
    probeSent = false;
    snapshotIndex = 0;
    window.clear();
    windowEntries = 0;
    windowBytes = 0;
    if (entered == State.REPLICATE) {
      next = Math.max(next, match + 1);
    }
  }

  void removedBy(long index) {
    removedBy = index;
  }

  boolean isRemoved() {
    return removedBy > 0;
  }

  /** A removed peer knows about it, or has had the time to. */
  boolean isOver(long commit, int ticksMax) {
    if (removedBy == 0 || commit < removedBy) {
      return false;
    }
    return match >= removedBy && sentCommit >= removedBy || ++ticksSinceRemoved > ticksMax;
  }
}
