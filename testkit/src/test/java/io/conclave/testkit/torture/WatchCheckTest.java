package io.conclave.testkit.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.torture.WatchClient.Run;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchCheckTest {
  private static final KeyEvent ONE = new KeyEvent(3, "set", "/k", "1");
  private static final KeyEvent TWO = new KeyEvent(5, "set", "/k", "2");
  private static final KeyEvent THREE = new KeyEvent(6, "delete", "/k", "");

  @Test
  void watchesMayBeginAndEndAnywhere() {
    var runs =
        List.of(new Run(1, List.of(ONE, TWO)), new Run(4, List.of(TWO, THREE)), run(9), run(1));
    assertEquals(List.of(), WatchCheck.check(List.of(ONE, THREE), runs));
  }

  @Test
  void anAcknowledgedEventThatAWatchPassesByIsFound() {
    assertProblem("missed", List.of(TWO), run(1, ONE, THREE));
  }

  @Test
  void anEventThatOnlyAnotherWatchSawIsFound() {
    assertProblem("missed", List.of(), run(1, ONE, TWO, THREE), run(1, TWO, THREE));
  }

  @Test
  void anEventTwiceIsFound() {
    assertProblem("out of order or twice", List.of(), run(1, ONE, ONE));
  }

  @Test
  void anEventFromBeforeTheBeginningIsFound() {
    assertProblem("out of order or twice", List.of(), run(4, ONE));
  }

  @Test
  void watchesThatDisagreeAreFound() {
    KeyEvent other = new KeyEvent(5, "set", "/k", "other");
    assertProblem("two events of one index", List.of(), run(5, TWO), run(5, other));
  }

  private static Run run(long from, KeyEvent... events) {
    return new Run(from, List.of(events));
  }

  private static void assertProblem(String part, List<KeyEvent> acknowledged, Run... runs) {
    List<String> found = WatchCheck.check(acknowledged, List.of(runs));
    assertEquals(1, found.size(), found::toString);
    assertTrue(found.getFirst().contains(part), found::toString);
  }
}
