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
 * <p>An immutable value made of full chunks and a tail that versions share: a version sees as many
 * slots of the tail as it knows of, and only the first who continues it may use the next slot;
 * whoever else continues the same version copies the tail. So an append costs one slot and a small
 * object, however long the history is.
 */
public final class EventHistory {
  private static final int CHUNK_MIN = 64;
  private static final int CHUNK_MAX = 1024;

  private final int eventsMax;

  /** Index of the newest event; 0 if there never was one. */
  private final long newest;

  /** How many events count, at most {@link #eventsMax}; chunks may hold a few older ones. */
  private final int size;

  /** Full chunks, oldest first. */
  private final KeyEvent[][] full;

  private final Tail tail;
  private final int tailSize;

  private EventHistory(
      int eventsMax, long newest, int size, KeyEvent[][] full, Tail tail, int tailSize) {
    this.eventsMax = eventsMax;
    this.newest = newest;
    this.size = size;
    this.full = full;
    this.tail = tail;
    this.tailSize = tailSize;
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
  static EventHistory startingAfter(long newest, int eventsMax) {
    require(eventsMax >= 1, "a history needs room for one event, not %d", eventsMax);
    int chunk = Math.clamp(Integer.highestOneBit(eventsMax / 16 + 1), CHUNK_MIN, CHUNK_MAX);
    return new EventHistory(eventsMax, newest, 0, new KeyEvent[0][], new Tail(chunk), 0);
  }

  /** Most events that are kept. */
  public int eventsMax() {
    return eventsMax;
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
    long behindTail = fromNewest - tailSize;
    int chunk = tail.events.length;
    KeyEvent[] holder = full[full.length - 1 - (int) (behindTail / chunk)];
    return holder[chunk - 1 - (int) (behindTail % chunk)];
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
    KeyEvent[][] chunks = full;
    Tail to = tail;
    int at = tailSize;
    if (at == tail.events.length) {
      chunks = withTailClosed();
      to = new Tail(at);
      at = 0;
    }
    if (!to.claimed.compareAndSet(at, at + 1)) {
      to = to.copyUpTo(at);
    }
    to.events[at] = visibleOrNull;
    return new EventHistory(
        eventsMax, newest + 1, Math.min(size + 1, eventsMax), chunks, to, at + 1);
  }

  EventHistory resized(int changedMax) {
    int kept = Math.min(size, changedMax);
    EventHistory resized = startingAfter(newest - kept, changedMax);
    for (long index = newest - kept + 1; index <= newest; index++) {
      resized = resized.append(visibleOrNull(index));
    }
    return resized;
  }

  /** True if both remember the same events. */
  @Override
  public boolean equals(Object other) {
    if (!(other instanceof EventHistory that)
        || eventsMax != that.eventsMax
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
    return Objects.hash(eventsMax, newest, size);
  }

  private KeyEvent[][] withTailClosed() {
    int chunk = tail.events.length;
    int needed = Math.max(1, Math.ceilDiv(eventsMax - 1, chunk));
    int kept = Math.min(full.length, needed - 1);
    KeyEvent[][] chunks = Arrays.copyOfRange(full, full.length - kept, full.length + 1);
    chunks[kept] = tail.events;
    return chunks;
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
