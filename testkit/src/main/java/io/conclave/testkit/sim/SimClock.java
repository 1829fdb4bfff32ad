package io.conclave.testkit.sim;

import java.util.PriorityQueue;

/** Virtual time: what is due next happens next, and nothing else makes time pass. */
final class SimClock {
  private record Event(long atMicros, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atMicros, other.atMicros);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowMicros;
  private long nextOrder;

  long nowMicros() {
    return nowMicros;
  }

  long nowMillis() {
    return nowMicros / 1000;
  }

  void after(long micros, Runnable action) {
    events.add(new Event(nowMicros + Math.max(0, micros), nextOrder++, action));
  }

  /** Lets everything happen that is due until {@code micros}; returns how many events that was. */
  int runUntil(long micros) {
    int count = 0;
    while (!events.isEmpty() && events.peek().atMicros() <= micros) {
      Event event = events.poll();
      nowMicros = event.atMicros();
      event.action().run();
      count++;
    }
    nowMicros = micros;
    return count;
  }
}
