package io.conclave.raft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DuplicateWindowTest {
  private final DuplicateWindow window = new DuplicateWindow();

  @Test
  void everyNumberPassesOnce() {
    for (long number = 1; number < 5000; number++) {
      assertTrue(window.admit(number));
      assertFalse(window.admit(number));
    }
  }

  @Test
  void aLateNumberWithinTheWindowPasses() {
    window.admit(5000);
    assertTrue(window.admit(5000 - DuplicateWindow.WIDTH + 1));
    assertFalse(window.admit(5000 - DuplicateWindow.WIDTH));
  }

  @Test
  void numbersBelowOneNeverPass() {
    assertFalse(window.admit(0));
    assertFalse(window.admit(-1));
  }

  @Test
  void itAgreesWithASetOfEverythingSeen() {
    Random random = new Random(3);
    Set<Long> seen = new HashSet<>();
    long highest = 0;
    for (int i = 0; i < 200_000; i++) {
      long jump = random.nextInt(100) == 0 ? random.nextInt(3000) : random.nextInt(40) - 20;
      long number = Math.max(1, highest + jump);
      boolean expected = number > highest - DuplicateWindow.WIDTH && seen.add(number);
      assertEquals(expected, window.admit(number), "number " + number + " after " + highest);
      highest = Math.max(highest, number);
    }
  }
}
