package io.conclave.http.keys;

import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.watch.WatchSink;
import io.conclave.watch.WatchedEvent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * The events between the watcher hub and one connection. The hub offers, the connection takes; a
 * queue that overflows, or whose watch is over, ends after what it holds (divergence 5). Events
 * from the past don't count against its limit.
 */
final class WatchQueue implements WatchSink {
  /** Bytes of keys and values that may wait; a single larger event passes when none waits. */
  static final long BYTES_MAX = 16 << 20;

  private static final Runnable NOBODY = () -> {};

  private final int eventsMax;
  private final boolean stream;
  private final Queue<WatchedEvent> events = new ArrayDeque<>();
  private final long createdNanos = System.nanoTime();
  private int pastLeft;

  /** Of the events that wait, without those from the past. */
  private long bytes;

  private boolean complete;
  private boolean taken;
  private Runnable reader = NOBODY;

  /**
   * @param stream false for a long poll, which ends with its first event
   */
  WatchQueue(int eventsMax, boolean stream) {
    this.eventsMax = eventsMax;
    this.stream = stream;
  }

  @Override
  public synchronized void past(List<WatchedEvent> past) {
    if (complete) {
      return;
    }
    events.addAll(past);
    pastLeft = past.size();
    complete |= !stream;
    reader.run();
  }

  @Override
  public synchronized boolean offer(WatchedEvent event) {
    if (complete) {
      return false;
    }
    long added = bytesOf(event);
    boolean accepted =
        events.size() - pastLeft < eventsMax && (bytes == 0 || bytes + added <= BYTES_MAX);
    if (accepted) {
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
    events.clear();
    bytes = 0;
    reader.run();
    reader = NOBODY;
  }

  synchronized Optional<WatchedEvent> poll() {
    Optional<WatchedEvent> next = Optional.ofNullable(events.poll());
    if (pastLeft > 0) {
      pastLeft--;
    } else {
      bytes -= next.map(WatchQueue::bytesOf).orElse(0L);
    }
    return next;
  }

  private static long bytesOf(WatchedEvent event) {
    KeyEvent told = event.event();
    return told.key().bytes().length()
        + (long) told.node().value().length()
        + told.prevNode().map(before -> before.value().length()).orElse(0);
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
