package io.conclave.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The open connections of one listener; any thread. */
final class Connections {
  private final Set<ConnectionLogic> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private volatile boolean draining;

  /** Accepted and not closed yet. */
  int count() {
    return count.get();
  }

  /** A connection is accepted; {@link #ended} will follow. */
  void accepted() {
    count.incrementAndGet();
  }

  void opened(ConnectionLogic connection) {
    open.add(connection);
    if (draining) {
      connection.finish();
    }
  }

  /** Takes no request and no order any more. */
  void closed(ConnectionLogic connection) {
    open.remove(connection);
  }

  /** The connection is gone. */
  void ended() {
    count.decrementAndGet();
    if (draining) {
      completeIfEmpty();
    }
  }

  /** Closes connections that have had no request for {@code idleTimeout}. */
  void sweep(Duration idleTimeout) {
    long before = System.nanoTime() - idleTimeout.toNanos();
    open.forEach(connection -> connection.finishIfIdleSince(before));
  }

  /** Lets requests in progress end and closes every connection; done when none is left. */
  CompletionStage<Void> drain() {
    draining = true;
    open.forEach(ConnectionLogic::finish);
    completeIfEmpty();
    return drained;
  }

  /** Cuts what is still open. */
  void abort() {
    open.forEach(ConnectionLogic::abort);
  }

  private void completeIfEmpty() {
    if (count.get() == 0) {
      drained.complete(null);
    }
  }
}
