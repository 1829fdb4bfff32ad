package io.conclave.testkit.sim;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.JournalFold;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/**
 * Encoded journal events in segments, with the rules of the real files: events become durable in
 * order, a crash takes some of those that were not, whole segments are deleted.
 */
final class SimJournalFiles {
  record Stored(long seq, Bytes event) {}

  private record Segment(long number, List<Stored> events) {
    private long last() {
      return events.getLast().seq();
    }
  }

  private final int segmentEventsMax;
  private final List<Segment> segments = new ArrayList<>();
  private final Deque<Stored> onTheWay = new ArrayDeque<>();
  private long nextNumber = 1;

  /**
   * @param segmentEventsMax events of one segment
   */
  SimJournalFiles(int segmentEventsMax) {
    this.segmentEventsMax = segmentEventsMax;
  }

  /** What another process would find in a copy made now: only what is durable. */
  SimJournalFiles copy() {
    SimJournalFiles copy = new SimJournalFiles(segmentEventsMax);
    segments.forEach(s -> copy.segments.add(new Segment(s.number(), new ArrayList<>(s.events()))));
    copy.nextNumber = nextNumber;
    return copy;
  }

  /** A start closes the segment that was written last. */
  void begin() {
    segments.add(new Segment(nextNumber++, new ArrayList<>()));
    segments.removeIf(s -> s.events().isEmpty() && s != segments.getLast());
  }

  void write(long seq, Bytes event) {
    onTheWay.add(new Stored(seq, event));
  }

  /** The oldest event on its way is durable. */
  void sync() {
    Stored stored = onTheWay.remove();
    if (segments.getLast().events().size() >= segmentEventsMax) {
      begin();
    }
    segments.getLast().events().add(stored);
  }

  int onTheWay() {
    return onTheWay.size();
  }

  /** The process died; so many of those on their way have made it. */
  void crash(int survivors) {
    for (int i = 0; i < survivors; i++) {
      sync();
    }
    onTheWay.clear();
  }

  /** Durable events, oldest first. */
  List<Stored> events() {
    return segments.stream().flatMap(segment -> segment.events().stream()).toList();
  }

  /** Sequence number of the newest durable event, 0 for none. */
  long last() {
    for (Segment segment : segments.reversed()) {
      if (!segment.events().isEmpty()) {
        return segment.last();
      }
    }
    return 0;
  }

  /** Returns how many segments that was. */
  int deleteNeedless(long olderVerifiedCut) {
    TreeMap<Long, Long> closed = new TreeMap<>();
    segments.stream()
        .filter(segment -> segment != segments.getLast())
        .forEach(segment -> closed.put(segment.number(), segment.last()));
    List<Long> needless = JournalFold.deletable(closed, olderVerifiedCut, last());
    segments.removeIf(segment -> needless.contains(segment.number()));
    return needless.size();
  }

  /** The disk forgets one event. */
  void lose(long seq) {
    segments.forEach(segment -> segment.events().removeIf(stored -> stored.seq() == seq));
    segments.removeIf(segment -> segment.events().isEmpty());
  }

  /** The disk forgets everything behind {@code seq}. */
  void cutBack(long seq) {
    segments.forEach(segment -> segment.events().removeIf(stored -> stored.seq() > seq));
    segments.removeIf(segment -> segment.events().isEmpty());
  }
}
