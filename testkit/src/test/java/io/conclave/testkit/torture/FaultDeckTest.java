package io.conclave.testkit.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FaultDeckTest {
  private static final List<Fault> ALL = List.of(Fault.values());

  @Test
  void everyKindComesUpBeforeAnyComesUpAgain() {
    FaultDeck deck = new FaultDeck(ALL, new Random(1));
    for (int round = 0; round < 20; round++) {
      assertEquals(EnumSet.allOf(Fault.class), EnumSet.copyOf(deal(deck, ALL.size())));
    }
  }

  @Test
  void theSeedDecides() {
    assertEquals(
        deal(new FaultDeck(ALL, new Random(1)), 30), deal(new FaultDeck(ALL, new Random(1)), 30));
    assertNotEquals(
        deal(new FaultDeck(ALL, new Random(1)), 30), deal(new FaultDeck(ALL, new Random(2)), 30));
  }

  @Test
  void withoutKindsThereIsNone() {
    assertEquals(Optional.empty(), new FaultDeck(List.of(), new Random(1)).next());
  }

  private static List<Fault> deal(FaultDeck deck, int count) {
    List<Fault> dealt = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      dealt.add(deck.next().orElseThrow());
    }
    return dealt;
  }
}
