package io.conclave.keyspace.tree;

import static io.conclave.raft.core.Require.require;

import io.conclave.keyspace.tree.V2Error.Code;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The latest events of the whole store, one for each index and none left out, for watchers that
 * start in the past. Internal changes and refreshes take their places but concern nobody.
 *
 * <p>It is always the longest row of newest events within the limits, or the newest event alone, so
 * that members which got here in different ways remember the same.
 *
 * <p>An immutable value made of closed chunks and a tail that versions share: a version sees as
 * many slots of the tail as it knows of, and only the first who continues it may use the next slot;
 * whoever else continues the same version copies the tail. So an append costs one slot and a small
 * object, however long the history is. A chunk is also closed when it holds a sixteenth of the
 * bytes: forgotten events stay in memory only as long as their chunk, and so never hold more.
 */
public final class EventHistory {
  private static final int CHUNK_MIN = 64;
  private static final int CHUNK_MAX = 1024;
  private static final int CHUNKS = 16;

  private final HistoryLimits limits;

  /** Index of the newest event; 0 if there never was one. */
  private final long newest;

  /** How many events count; chunks and tail may hold a few older ones. */
  private final int size;

  /** Of the events that count. */
  private final long bytes;

  /** Oldest first; each holds at least one event that counts. */
  private final Chunk[] closed;

  private final Tail tail;
  private final int tailSize;
  private final long tailBytes;

  private EventHistory(
      HistoryLimits limits,
      long newest,
      int size,
      long bytes,
      Chunk[] closed,
      Tail tail,
      int tailSize,
      long tailBytes) {
    this.limits = limits;
    this.newest = newest;
    this.size = size;
    this.bytes = bytes;
    this.closed = closed;
    this.tail = tail;
    this.tailSize = tailSize;
    this.tailBytes = tailBytes;
  }

  /** Events from {@code first} on, one for each index. */
  private record Chunk(long first, KeyEvent[] events) {
    long last() {
      return first + events.length - 1;
    }
  }

  /** What a scan found. */
  public sealed interface Scan {
    /**
     * @param events that concern the watcher, oldest first
     * @param nextIndex where to go on; above {@link EventHistory#newestIndex} if nothing is left
     */
    record Matches(List<KeyEvent> events, long nextIndex) implements Scan {
      public Matches {
        events = List.copyOf(events);
      }
    }

    /** Error 401: the history no longer goes back that far. */
    record Cleared(V2Error error) implements Scan {}
  }

  /** A history that has forgotten everything up to {@code newest}. */
  static EventHistory startingAfter(long newest, HistoryLimits limits) {
    int chunk =
        Math.clamp(Integer.highestOneBit(limits.eventsMax() / CHUNKS + 1), CHUNK_MIN, CHUNK_MAX);
    return new EventHistory(limits, newest, 0, 0, new Chunk[0], new Tail(chunk), 0, 0);
  }

  public HistoryLimits limits() {
    return limits;
  }

  /** What the events count together against the limit in bytes. */
  public long bytes() {
    return bytes;
  }

  public int size() {
    return size;
  }

  /** Index of the newest event, which is the store's own index. */
  public long newestIndex() {
    return newest;
  }

  /** Index of the oldest event that is kept; of the next one if none is. */
  public long oldestIndex() {
    return newest - size + 1;
  }

  /**
   * Looks for events that concern a watcher on {@code key}, from {@code fromIndex} on.
   *
   * @param fromIndex unsigned; 0 is the beginning and so mostly cleared, never "from now on"
   * @param limit at most so many events, at least 1
   */
  public Scan scan(KeyPath key, boolean recursive, long fromIndex, int limit) {
    require(limit >= 1, "a scan for %d events", limit);
    if (size > 0 && Long.compareUnsigned(fromIndex, oldestIndex()) < 0) {
      String cause =
          "the requested history has been cleared [%d/%s]"
              .formatted(oldestIndex(), Long.toUnsignedString(fromIndex));
      return new Scan.Cleared(V2Error.of(Code.EVENT_INDEX_CLEARED, cause, newest));
    }
    List<KeyEvent> found = new ArrayList<>();
    long index = size > 0 ? fromIndex : maxUnsigned(fromIndex, newest + 1);
    while (Long.compareUnsigned(index, newest) <= 0 && found.size() < limit) {
      KeyEvent event = visibleOrNull(index);
      if (event != null && WatchMatch.matchesPast(event, key, recursive)) {
        found.add(event);
      }
      index++;
    }
    return new Scan.Matches(found, index);
  }

  /** The event at {@code index}, which must be kept; empty if it concerns nobody. */
  public Optional<KeyEvent> eventAt(long index) {
    return Optional.ofNullable(visibleOrNull(index));
  }

  /**
   * All events behind {@code index}, for those who were told of everything up to it.
   *
   * @return empty if the history no longer reaches back so far
   */
  public Optional<List<LiveEvent>> since(long index) {
    if (Long.compareUnsigned(index + 1, oldestIndex()) < 0) {
      return Optional.empty();
    }
    List<LiveEvent> events = new ArrayList<>();
    for (long each = index + 1; Long.compareUnsigned(each, newest) <= 0; each++) {
      KeyEvent event = visibleOrNull(each);
      if (event != null) {
        events.add(LiveEvent.ofPast(event));
      }
    }
    return Optional.of(events);
  }

  private KeyEvent visibleOrNull(long index) {
    require(index >= oldestIndex() && index <= newest, "no event %d is kept", index);
    long fromNewest = newest - index;
    if (fromNewest < tailSize) {
      return tail.events[tailSize - 1 - (int) fromNewest];
    }
    int low = 0;
    int high = closed.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (closed[middle].last() < index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return closed[low].events[(int) (index - closed[low].first)];
  }

  /**
   * The history with one more event, at the index after the newest.
   *
   * @param visibleOrNull null for what concerns no watcher
   */
  EventHistory append(KeyEvent visibleOrNull) {
    if (visibleOrNull != null) {
      require(
          visibleOrNull.index() == newest + 1,
          "event %d follows %d",
          visibleOrNull.index(),
          newest);
    }
    long added = HistoryLimits.bytesOf(visibleOrNull);
    int kept = size;
    long keptBytes = bytes;
    while (kept > 0 && !limits.allow(kept + 1, keptBytes + added)) {
      keptBytes -= HistoryLimits.bytesOf(visibleOrNull(newest - kept + 1));
      kept--;
    }
    boolean closes =
        tailSize == tail.events.length
            || tailSize > 0 && tailBytes + added > limits.bytesMax() / CHUNKS;
    Chunk[] chunks = chunksFrom(newest - kept + 1, closes);
    Tail to = closes ? new Tail(tail.events.length) : tail;
    int at = closes ? 0 : tailSize;
    if (!to.claimed.compareAndSet(at, at + 1)) {
      to = to.copyUpTo(at);
    }
    to.events[at] = visibleOrNull;
    long inTail = (closes ? 0 : tailBytes) + added;
    return new EventHistory(
        limits, newest + 1, kept + 1, keptBytes + added, chunks, to, at + 1, inTail);
  }

  /** The chunks that hold anything from {@code oldest} on, the tail among them if it closes. */
  private Chunk[] chunksFrom(long oldest, boolean tailCloses) {
    int forgotten = 0;
    while (forgotten < closed.length && closed[forgotten].last() < oldest) {
      forgotten++;
    }
    boolean closesTail = tailCloses && oldest <= newest;
    if (forgotten == 0 && !closesTail) {
      return closed;
    }
    int count = closed.length - forgotten;
    Chunk[] chunks = Arrays.copyOfRange(closed, forgotten, closed.length + (closesTail ? 1 : 0));
    if (closesTail) {
      KeyEvent[] events =
          tailSize == tail.events.length ? tail.events : Arrays.copyOf(tail.events, tailSize);
      chunks[count] = new Chunk(newest - tailSize + 1, events);
    }
    return chunks;
  }

  /** The same events within other limits; those forgotten before don't come back. */
  EventHistory resized(HistoryLimits changed) {
    int wanted = Math.min(size, changed.eventsMax());
    EventHistory resized = startingAfter(newest - wanted, changed);
    for (long index = newest - wanted + 1; index <= newest; index++) {
      resized = resized.append(visibleOrNull(index));
    }
    return resized;
  }

  /** True if both remember the same events, and as many of them. */
  @Override
  public boolean equals(Object other) {
    if (!(other instanceof EventHistory that)
        || limits.eventsMax() != that.limits.eventsMax()
        || newest != that.newest
        || size != that.size) {
      return false;
    }
    for (long index = oldestIndex(); index <= newest; index++) {
      if (!Objects.equals(visibleOrNull(index), that.visibleOrNull(index))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return Objects.hash(limits.eventsMax(), newest, size);
  }

  /** Of all events that this version keeps from being freed, forgotten ones included. */
  long bytesHeld() {
    long held = 0;
    for (Chunk chunk : closed) {
      for (KeyEvent event : chunk.events) {
        held += HistoryLimits.bytesOf(event);
      }
    }
    for (int i = 0; i < tail.claimed.get(); i++) {
      held += HistoryLimits.bytesOf(tail.events[i]);
    }
    return held;
  }

  private static long maxUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }

  /** A claimed slot is written once, by whoever claimed it. */
  private static final class Tail {
    private final KeyEvent[] events;
    private final AtomicInteger claimed;

    private Tail(int chunk) {
      this.events = new KeyEvent[chunk];
      this.claimed = new AtomicInteger();
    }

    private Tail(KeyEvent[] events, int claimed) {
      this.events = events;
      this.claimed = new AtomicInteger(claimed);
    }

    /** A tail of its own for a version that has {@code used} slots and needs one more. */
    private Tail copyUpTo(int used) {
      return new Tail(Arrays.copyOf(Arrays.copyOf(events, used), events.length), used + 1);
    }
  }
}
