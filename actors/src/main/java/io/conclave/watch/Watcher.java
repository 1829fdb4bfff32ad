package io.conclave.watch;

/** A registered watcher; two of them are never equal, whatever they watch. */
final class Watcher {
  private final WatchQuery query;
  private final WatchSink sink;
  private final long first;

  /**
   * @param first events below this store index are not for it
   */
  Watcher(WatchQuery query, WatchSink sink, long first) {
    this.query = query;
    this.sink = sink;
    this.first = first;
  }

  WatchQuery query() {
    return query;
  }

  WatchSink sink() {
    return sink;
  }

  /** True unless the event at {@code index} came too early for it. */
  boolean wants(long index) {
    return Long.compareUnsigned(first, index) <= 0;
  }
}
