package io.conclave.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Three members over Artery: the wiring of what is tested part by part elsewhere. */
final class ClusterTest {
  @Test
  void whatIsWrittenThroughAnyMemberIsReadThroughAll() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      for (LoopbackMember writer : cluster.up()) {
        String key = "/" + writer.id;
        writer.put(key, "v");
        assertEquals("v", writer.value(key), "who is answered sees his write");
        for (LoopbackMember reader : cluster.up()) {
          assertEquals("v", reader.read(key));
        }
      }
      assertEquals(1, cluster.up().stream().filter(m -> m.view().isLeader()).count());
      long index = cluster.leader().tree().index();
      cluster.up().forEach(member -> assertEquals(index, member.tree().index()));
    }
  }

  @Test
  void afterTheDeathOfTheLeaderTheOthersGoOn() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember first = cluster.leader();
      first.put("/before", "1");
      first.kill();
      LoopbackMember second = cluster.leader();
      assertNotEquals(first.id, second.id);
      cluster.follower().put("/after", "2");
      first.start();
      cluster.awaitEverywhere("/before", "1");
      cluster.awaitEverywhere("/after", "2");
      first.put("/back", "3");
      cluster.awaitEverywhere("/back", "3");
      assertEquals(List.of(), first.exits);
    }
  }

  @Test
  void aLeaderThatStopsHandsOverFirst() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember first = cluster.leader();
      long term = first.view().term();
      first.stop();
      LoopbackMember second = cluster.leader();
      assertEquals(term + 1, second.view().term(), "one election, and at the first attempt");
      second.put("/a", "1");
      assertTrue(second.view().isLeader());
    }
  }
}
