package io.conclave.testkit.torture;

import io.conclave.testkit.torture.WatchClient.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Compares what watchers saw with each other and with what was acknowledged. */
final class WatchCheck {
  private WatchCheck() {}

  /**
   * @param acknowledged events that clients were told of
   * @return what is wrong, empty if nothing is
   */
  static List<String> check(List<KeyEvent> acknowledged, List<Run> runs) {
    List<String> wrong = new ArrayList<>();
    NavigableMap<Long, KeyEvent> all = new TreeMap<>();
    acknowledged.forEach(event -> note(all, event, wrong));
    for (Run run : runs) {
      long last = run.from() - 1;
      for (KeyEvent event : run.events()) {
        if (event.index() <= last) {
          wrong.add("out of order or twice: " + event + " after index " + last);
        }
        last = event.index();
        note(all, event, wrong);
      }
    }
    runs.forEach(run -> findGaps(run, all, wrong));
    return wrong;
  }

  private static void note(NavigableMap<Long, KeyEvent> all, KeyEvent event, List<String> wrong) {
    KeyEvent before = all.putIfAbsent(event.index(), event);
    if (before != null && !before.equals(event)) {
      wrong.add("two events of one index: " + before + " and " + event);
    }
  }

  private static void findGaps(Run run, NavigableMap<Long, KeyEvent> all, List<String> wrong) {
    if (run.events().isEmpty()) {
      return;
    }
    long last = run.events().getLast().index();
    var missing = new TreeMap<>(all.subMap(run.from(), true, Math.max(run.from(), last), true));
    run.events().forEach(event -> missing.remove(event.index()));
    missing
        .values()
        .forEach(event -> wrong.add("missed by a watch from " + run.from() + ": " + event));
  }
}
