package io.conclave.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.raft.core.Stamp;
import org.junit.jupiter.api.Test;

final class ClusterNowTest {
  private static final Stamp KNOWN = new Stamp(5_000, 1_000_000);

  @Test
  void passesWhileTheMemberLeads() {
    ClusterNow now = new ClusterNow(KNOWN, -100, true);
    assertEquals(KNOWN, now.at(-100));
    assertEquals(KNOWN, now.at(999_899));
    assertEquals(new Stamp(5_001, 1_000_000), now.at(999_900));
  }

  @Test
  void standsStillElsewhere() {
    assertEquals(KNOWN, new ClusterNow(KNOWN, 0, false).at(Long.MAX_VALUE));
  }

  @Test
  void neverGoesBack() {
    assertEquals(KNOWN, new ClusterNow(KNOWN, 1_000_000_000, true).at(0));
  }
}
