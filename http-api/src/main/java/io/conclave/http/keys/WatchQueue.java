package io.conclave.http.keys;

import io.conclave.watch.WatchSink;
import io.conclave.watch.WatchedEvent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;

/**
 * The events between the watcher hub and one connection. The hub offers, the connection takes; a
 * queue that overflows, or whose watch is over, ends after what it holds (divergence 5). Events
 * from the past don't count against its limit, but all that wait count against that of {@link
 * WaitingEvents}, from when they are queued until the reader asks for what follows them.
 */
final class WatchQueue implements WatchSink {
  /** Bytes of keys and values that may wait; a single larger event passes when none waits. */
  static final long BYTES_MAX = 16 << 20;

  private static final Runnable NOBODY = () -> {};

  private final int eventsMax;
  private final boolean stream;
  private final OpenWatches all;
  private final Queue<WatchedEvent> events = new ArrayDeque<>();
  private final long createdNanos = System.nanoTime();
  private int pastLeft;

  /** Of the events that wait, without those from the past. */
  private long bytes;

  /** The reader has it and has not asked for more. */
  private Optional<WatchedEvent> inHand = Optional.empty();

  private boolean complete;
  private boolean givenUp;
  private boolean taken;
  private Runnable reader = NOBODY;

  /**
   * @param stream false for a long poll, which ends with its first event
   * @param all where it is open
   */
  WatchQueue(int eventsMax, boolean stream, OpenWatches all) {
    this.eventsMax = eventsMax;
    this.stream = stream;
    this.all = all;
  }

  @Override
  public void past(List<WatchedEvent> past) {
    enqueue(past);
    all.relieve();
  }

  @Override
  public boolean offer(WatchedEvent event) {
    boolean accepted = enqueue(event);
    all.relieve();
    return accepted;
  }

  private synchronized void enqueue(List<WatchedEvent> past) {
    if (complete) {
      return;
    }
    past.forEach(all.waiting()::hold);
    events.addAll(past);
    pastLeft = past.size();
    complete |= !stream;
    reader.run();
  }

  private synchronized boolean enqueue(WatchedEvent event) {
    if (complete) {
      return false;
    }
    long added = WaitingEvents.bytesOf(event);
    boolean accepted =
        events.size() - pastLeft < eventsMax && (bytes == 0 || bytes + added <= BYTES_MAX);
    if (accepted) {
      all.waiting().hold(event);
      events.add(event);
      bytes += added;
    }
    complete = !accepted || !stream;
    reader.run();
    return accepted;
  }

  @Override
  public synchronized void complete() {
    complete = true;
    reader.run();
  }

  /** The connection is there: {@code wakeUp} runs, on any thread, whenever something changes. */
  synchronized void attach(Runnable wakeUp) {
    reader = wakeUp;
    taken = true;
  }

  /** The reader has gone: nothing is delivered any more. */
  synchronized void detach() {
    complete = true;
    events.forEach(all.waiting()::letGo);
    events.clear();
    bytes = 0;
    letGoOfInHand();
    reader.run();
    reader = NOBODY;
  }

  /** The next event; the one before has been sent. */
  synchronized Optional<WatchedEvent> poll() {
    letGoOfInHand();
    inHand = Optional.ofNullable(events.poll());
    if (pastLeft > 0) {
      pastLeft--;
    } else {
      bytes -= inHand.map(WaitingEvents::bytesOf).orElse(0L);
    }
    return inHand;
  }

  private void letGoOfInHand() {
    inHand.ifPresent(all.waiting()::letGo);
    inHand = Optional.empty();
  }

  /** Index of the oldest event that is held here; empty if none is. */
  synchronized OptionalLong oldest() {
    Optional<WatchedEvent> oldest = inHand.or(() -> Optional.ofNullable(events.peek()));
    return oldest.isEmpty() ? OptionalLong.empty() : OptionalLong.of(oldest.get().event().index());
  }

  /** It ends at once, without what is queued: the memory is needed. */
  synchronized void giveUp() {
    givenUp = true;
    detach();
  }

  synchronized boolean isGivenUp() {
    return givenUp;
  }

  /** Nothing is left and nothing follows. */
  synchronized boolean isFinished() {
    return complete && events.isEmpty();
  }

  /** No event follows those that are queued. */
  synchronized boolean isComplete() {
    return complete;
  }

  /** The answer that was to deliver it never got to its connection. */
  synchronized boolean isOrphanedSince(long nanoTime) {
    return !taken && createdNanos - nanoTime < 0;
  }
}
