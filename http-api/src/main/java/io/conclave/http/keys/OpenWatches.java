package io.conclave.http.keys;

import io.conclave.watch.WatchRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorRef;

/** The watches that this side has registered with the hub; any thread. */
final class OpenWatches {
  /** How long an answer may take to get to its connection. */
  private static final Duration ORPHANED_AFTER = Duration.ofSeconds(10);

  private final Set<WatchQueue> open = ConcurrentHashMap.newKeySet();
  private final ActorRef<WatchRequest> hub;
  private volatile boolean closed;

  OpenWatches(ActorRef<WatchRequest> hub) {
    this.hub = hub;
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
    if (!queue.isComplete()) {
      hub.tell(new WatchRequest.Cancel(queue));
    }
    queue.detach();
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
