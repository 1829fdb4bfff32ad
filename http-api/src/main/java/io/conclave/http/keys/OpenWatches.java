package io.conclave.http.keys;

import io.conclave.watch.WatchRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
    if (!waiting.isTooMuch()) {
      return;
    }
    List<Behind> slowestFirst =
        open.stream()
            .flatMap(queue -> Behind.of(queue).stream())
            .sorted(Comparator.comparingLong(Behind::oldest))
            .toList();
    for (Behind slowest : slowestFirst) {
      waiting.gaveUp();
      slowest.queue().giveUp();
      remove(slowest.queue());
      if (!waiting.isTooMuch()) {
        return;
      }
    }
  }

  /** A watch for whose reader something waits; its oldest event may be sent at any time. */
  private record Behind(long oldest, WatchQueue queue) {
    static Optional<Behind> of(WatchQueue queue) {
      OptionalLong oldest = queue.oldest();
      return oldest.isEmpty()
          ? Optional.empty()
          : Optional.of(new Behind(oldest.getAsLong(), queue));
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
