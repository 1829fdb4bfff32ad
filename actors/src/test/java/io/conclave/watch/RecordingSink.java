package io.conclave.watch;

import io.conclave.keyspace.tree.KeyEvent;
import java.util.ArrayList;
import java.util.List;

/** A reader with room for so many events. */
final class RecordingSink implements WatchSink {
  private final int capacity;
  private final List<KeyEvent> events = new ArrayList<>();
  private int completions;

  RecordingSink(int capacity) {
    this.capacity = capacity;
  }

  @Override
  public void past(List<WatchedEvent> past) {
    past.forEach(event -> events.add(event.event()));
  }

  @Override
  public boolean offer(WatchedEvent event) {
    if (completions > 0) {
      throw new AssertionError("offered after the end: " + event.event());
    }
    return events.size() < capacity && events.add(event.event());
  }

  @Override
  public void complete() {
    completions++;
  }

  /** Action and key of each, such as {@code set /a}. */
  List<String> heard() {
    return events.stream().map(e -> e.action().json() + " " + e.key()).toList();
  }

  List<Long> indexes() {
    return events.stream().map(KeyEvent::index).toList();
  }

  boolean completed() {
    if (completions > 1) {
      throw new AssertionError("completed " + completions + " times");
    }
    return completions == 1;
  }
}
