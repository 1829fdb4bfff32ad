package io.conclave.watch;

import java.util.List;

/**
 * Where a watcher's events go; called by the hub only, never blocks.
 *
 * <p>An event is the same object for all watchers of it, so that a sink can keep its encoded form.
 */
public interface WatchSink {
  /**
   * What the history holds for a watch that begins in the past, oldest first. Called once at most,
   * before {@link #offer}. The history bounds it, so that it is taken whole.
   */
  void past(List<WatchedEvent> events);

  /** False if the queue is full or the reader has gone: the hub then forgets the watcher. */
  boolean offer(WatchedEvent event);

  /** No event follows; what was offered is still delivered. */
  void complete();
}
