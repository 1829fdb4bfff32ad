package io.conclave.http.keys;

import io.conclave.http.MetricSource;
import io.conclave.http.PrometheusText;
import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.watch.WatchedEvent;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The events that wait for slow readers of watches, each counted once however many wait for it. One
 * watch is limited by its queue; many of them could still hold other events each. Safe for any
 * thread.
 */
final class WaitingEvents implements MetricSource {
  private final long bytesMax;
  private final Map<Long, Integer> holders = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final LongAdder givenUp = new LongAdder();

  /**
   * @param bytesMax of keys and values, more than the event history holds, so that who reads on
   *     from the past is not cut; a single larger event passes
   */
  WaitingEvents(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  void hold(WatchedEvent event) {
    if (holders.merge(event.event().index(), 1, Integer::sum) == 1) {
      bytes.addAndGet(ownBytesOf(event));
    }
  }

  void letGo(WatchedEvent event) {
    Integer left =
        holders.computeIfPresent(
            event.event().index(), (index, count) -> count == 1 ? null : count - 1);
    if (left == null) {
      bytes.addAndGet(-ownBytesOf(event));
    }
  }

  /** Some watch has to end. */
  boolean isTooMuch() {
    return bytes.get() > bytesMax && holders.size() > 1;
  }

  void gaveUp() {
    givenUp.increment();
  }

  /** The previous value is that of an earlier event, and held with it. */
  private static long ownBytesOf(WatchedEvent event) {
    KeyEvent told = event.event();
    return told.key().bytes().length() + (long) told.node().value().length();
  }

  /** Of its key and both values, which its JSON holds. */
  static long bytesOf(WatchedEvent event) {
    KeyEvent told = event.event();
    return told.key().bytes().length()
        + (long) told.node().value().length()
        + told.prevNode().map(before -> before.value().length()).orElse(0);
  }

  @Override
  public void writeTo(PrometheusText text) {
    text.gauge("etcd_watch_waiting_bytes", "Bytes of events that wait for readers.", bytes.get());
    text.counter(
        "etcd_watch_given_up_total",
        "Watches that ended because all together held too much.",
        givenUp.sum());
  }
}
