package io.conclave.http.keys;

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
  private static final Runnable NOBODY = () -> {};

  private final int eventsMax;
  private final boolean stream;
  private final Queue<WatchedEvent> events = new ArrayDeque<>();
  private final long createdNanos = System.nanoTime();
  private int pastLeft;
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
    boolean accepted = events.size() - pastLeft < eventsMax;
    if (accepted) {
      events.add(event);
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
    reader.run();
    reader = NOBODY;
  }

  synchronized Optional<WatchedEvent> poll() {
    pastLeft = Math.max(0, pastLeft - 1);
    return Optional.ofNullable(events.poll());
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
