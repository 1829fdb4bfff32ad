package io.conclave.testkit.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.torture.InOrderSets.Addition;
import io.conclave.testkit.torture.InOrderSets.Outcome;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SetCheckTest {
  private static final Addition FIRST = new Addition("/s", "a", 1, 2, Outcome.DONE, "/s/01");
  private static final Addition SECOND = new Addition("/s", "b", 3, 4, Outcome.DONE, "/s/02");
  private static final Addition IN_DOUBT = new Addition("/s", "c", 5, 6, Outcome.UNKNOWN, "");
  private static final Addition NOT_SENT = new Addition("/s", "d", 7, 8, Outcome.FAILED, "");

  @Test
  void whatWasAcknowledgedIsThereAndWhatIsInDoubtMayBe() {
    var additions = List.of(FIRST, SECOND, IN_DOUBT, NOT_SENT);
    assertEquals(List.of(), check(additions, Map.of("/s/01", "a", "/s/02", "b")));
    assertEquals(List.of(), check(additions, Map.of("/s/01", "a", "/s/02", "b", "/s/03", "c")));
  }

  @Test
  void aLostElementIsFound() {
    assertProblem("acknowledged and lost", check(List.of(FIRST, SECOND), Map.of("/s/01", "a")));
  }

  @Test
  void anElementThatIsThereTwiceIsFound() {
    assertProblem("there twice", check(List.of(IN_DOUBT), Map.of("/s/01", "c", "/s/02", "c")));
  }

  @Test
  void anElementThatNobodySentIsFound() {
    assertProblem("nobody added", check(List.of(), Map.of("/s/01", "x")));
    assertProblem("never sent", check(List.of(NOT_SENT), Map.of("/s/01", "d")));
  }

  @Test
  void anotherKeyThanTheAnswersIsFound() {
    assertProblem("under another key", check(List.of(FIRST), Map.of("/s/09", "a")));
  }

  @Test
  void anOrderAgainstTimeIsFound() {
    Addition late = new Addition("/s", "b", 3, 4, Outcome.DONE, "/s/00");
    var found = check(List.of(FIRST, late), Map.of("/s/00", "b", "/s/01", "a"));
    assertProblem("stands behind", found);
  }

  private static List<String> check(List<Addition> additions, Map<String, String> stored) {
    Map<String, List<String>> lists = new TreeMap<>();
    stored.forEach((key, value) -> lists.put(key, List.of(value)));
    return SetCheck.check(additions, lists);
  }

  private static void assertProblem(String part, List<String> found) {
    assertEquals(1, found.size(), found::toString);
    assertTrue(found.getFirst().contains(part), found::toString);
  }
}
