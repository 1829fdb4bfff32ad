package io.conclave.watch;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much of the way from the key space to the hub is taken; shared by {@link WatchFeed} and
 * {@link WatcherHub}.
 */
public final class WatchBacklog {
  private final int eventsMax;
  private final AtomicInteger events = new AtomicInteger();
  private volatile boolean broken;

  /**
   * @param eventsMax that may wait for the hub; one batch that is larger still passes if nothing
   *     else waits
   */
  public WatchBacklog(int eventsMax) {
    this.eventsMax = eventsMax;
  }

  /** Events that wait for the hub. */
  public int events() {
    return events.get();
  }

  /** False if there is no room: the hub must then be told that it has missed something. */
  boolean enter(int more) {
    if (broken || events.get() > 0 && events.get() + more > eventsMax) {
      return false;
    }
    events.addAndGet(more);
    return true;
  }

  void leave(int fewer) {
    events.addAndGet(-fewer);
  }

  /** True for the first time since it was mended. */
  boolean breakOff() {
    boolean first = !broken;
    broken = true;
    return first;
  }

  /** What is applied from now on is sent again. */
  void mend() {
    broken = false;
  }
}
