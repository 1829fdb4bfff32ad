package io.conclave.watch;

/**
 * Where a watcher's events go; called by the hub only, never blocks.
 *
 * <p>An event is the same object for all watchers of it, so that a sink can keep its encoded form.
 */
public interface WatchSink {
  /** False if the queue is full or the reader has gone: the hub then forgets the watcher. */
  boolean offer(WatchedEvent event);

  /** No event follows; what was offered is still delivered. */
  void complete();
}
