package io.conclave.http.keys;

import io.conclave.watch.WatchRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The watches that this side has registered with the hub, and what they hold; any thread. */
final class OpenWatches {
  /** How long an answer may take to get to its connection. */
  private static final Duration ORPHANED_AFTER = Duration.ofSeconds(10);

  private final Set<WatchQueue> open = ConcurrentHashMap.newKeySet();
  private final Consumer<WatchRequest> hub;
  private final WaitingEvents waiting;
  private volatile boolean closed;

  OpenWatches(Consumer<WatchRequest> hub, WaitingEvents waiting) {
    this.hub = hub;
    this.waiting = waiting;
  }

  WaitingEvents waiting() {
    return waiting;
  }

  void add(WatchQueue queue) {
    open.add(queue);
    if (closed) {
      queue.complete();
    }
  }

  /** The connection has gone, or there will be none: the hub shall forget the watch. */
  void remove(WatchQueue queue) {
    open.remove(queue);
    if (!queue.isComplete() || queue.isGivenUp()) {
      hub.accept(new WatchRequest.Cancel(queue));
    }
    queue.detach();
  }

  /** Gives up the watches that are furthest behind while all together hold too much. */
  void relieve() {
    while (waiting.isTooMuch()) {
      Optional<WatchQueue> slowest =
          open.stream()
              .filter(queue -> queue.oldest().isPresent())
              .min(Comparator.comparingLong(queue -> queue.oldest().orElse(Long.MAX_VALUE)));
      if (slowest.isEmpty()) {
        return;
      }
      waiting.gaveUp();
      slowest.get().giveUp();
      remove(slowest.get());
    }
  }

  /** Forgets watches whose connection closed before it got their answer. */
  void sweep() {
    long before = System.nanoTime() - ORPHANED_AFTER.toNanos();
    open.stream().filter(queue -> queue.isOrphanedSince(before)).forEach(this::remove);
  }

  /** Ends all watches, and those that are still to come, after what is queued. */
  void close() {
    closed = true;
    open.forEach(WatchQueue::complete);
  }
}
