package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class DescriptorBudgetTest {
  @Test
  void whatTheMemberOpensItselfIsKept() {
    for (int limit = 300; limit < 100_000; limit += 7) {
      DescriptorBudget budget = DescriptorBudget.of(limit);
      int given = budget.clientDescriptors() + 4 * budget.peerConnectionsMax();
      assertEquals(limit - DescriptorBudget.RESERVED, given, "of " + limit);
      assertTrue(budget.clientDescriptors() >= given * 2 / 3, "of " + limit);
    }
  }

  @Test
  void theSmallestLimitStillServesSomebody() {
    assertEquals(new DescriptorBudget(8, 8), DescriptorBudget.of(DescriptorBudget.RESERVED));
  }

  @Test
  void peersGetNoMoreThanTheyEverNeed() {
    assertTrue(DescriptorBudget.of(12_000).bindsPeers());
    assertFalse(DescriptorBudget.of(65_536).bindsPeers());
    assertEquals(new DescriptorBudget(65_536 - 150 - 4 * 1024, 1024), DescriptorBudget.of(65_536));
  }

  @Test
  void noLimitIsNone() {
    assertEquals(
        new DescriptorBudget(Integer.MAX_VALUE, 1024), DescriptorBudget.of(Long.MAX_VALUE));
  }
}
