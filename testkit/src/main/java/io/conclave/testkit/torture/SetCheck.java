package io.conclave.testkit.torture;

import io.conclave.testkit.torture.InOrderSets.Addition;
import io.conclave.testkit.torture.InOrderSets.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares what was added to a directory with what it holds. */
final class SetCheck {
  private SetCheck() {}

  /**
   * @param stored the values by their keys, in the order of the keys
   * @return what is wrong, empty if nothing is
   */
  static List<String> check(List<Addition> additions, Map<String, List<String>> stored) {
    List<String> wrong = new ArrayList<>();
    Map<String, Addition> byValue = new HashMap<>();
    additions.forEach(addition -> byValue.put(addition.value(), addition));
    Set<String> found = new HashSet<>();
    long latestInvoked = 0;
    Addition latest = null;
    for (Map.Entry<String, List<String>> entry : stored.entrySet()) {
      for (String value : entry.getValue()) {
        Addition addition = byValue.get(value);
        if (addition == null) {
          wrong.add(entry.getKey() + " holds " + value + ", which nobody added");
          continue;
        }
        checkOne(addition, entry.getKey(), !found.add(value), wrong);
        if (addition.outcome() == Outcome.DONE && addition.returned() < latestInvoked) {
          wrong.add(addition + " stands behind " + latest + ", which was begun after its answer");
        }
        if (addition.invoked() > latestInvoked) {
          latestInvoked = addition.invoked();
          latest = addition;
        }
      }
    }
    for (Addition addition : additions) {
      if (addition.outcome() == Outcome.DONE && !found.contains(addition.value())) {
        wrong.add("acknowledged and lost: " + addition);
      }
    }
    return wrong;
  }

  private static void checkOne(Addition addition, String key, boolean again, List<String> wrong) {
    if (again) {
      wrong.add("there twice: " + addition + ", again under " + key);
    } else if (addition.outcome() == Outcome.FAILED) {
      wrong.add("never sent, but there: " + addition + " under " + key);
    } else if (addition.outcome() == Outcome.DONE && !addition.key().equals(key)) {
      wrong.add("under another key: " + addition + " under " + key);
    }
  }
}
