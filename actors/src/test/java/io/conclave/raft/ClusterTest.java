package io.conclave.raft;

import static io.conclave.raft.LoopbackCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.MemberCommand.ProposalReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
  void whatIsTooLargeForOneFrameTravelsInPieces() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      String large = "x".repeat(10 << 20);
      LoopbackMember follower = cluster.follower();
      follower.put("/large", large);
      assertEquals(large, follower.value("/large"));
      cluster.awaitEverywhere("/large", large);
    }
  }

  @Test
  void manyWritersThroughAllMembersAndNothingIsLostOrDoubled() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      long before = cluster.leader().tree().index();
      List<CompletableFuture<ProposalReply>> replies = new ArrayList<>();
      for (int i = 0; i < 3000; i++) {
        LoopbackMember through = cluster.get(1 + i % 3);
        replies.add(through.propose(SingleMember.set("/" + i, "v")));
      }
      for (CompletableFuture<ProposalReply> reply : replies) {
        assertInstanceOf(ProposalReply.Applied.class, LoopbackMember.get(reply));
      }
      for (LoopbackMember member : cluster.up()) {
        await("all of them", () -> member.tree().index() >= before + 3000);
        assertEquals(before + 3000, member.tree().index());
        await("the leader's tree", () -> cluster.leader().tree().equals(member.tree()));
      }
    }
  }

  @Test
  void aKeyLivesAsLongAsItShouldThroughAnElection() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember first = cluster.leader();
      long set = System.nanoTime();
      LoopbackMember.get(first.propose(SingleMember.setFor("/short", 3)));
      first.kill();
      LoopbackMember second = cluster.leader();
      assertEquals("v", second.read("/short"));
      await("its end", () -> second.value("/short").isEmpty());
      assertTrue(System.nanoTime() - set >= Duration.ofSeconds(3).toNanos(), "not early");
      cluster.awaitEverywhere("/short", "");
    }
  }

  @Test
  void aLeaderShowsHowItsFollowersKeepUp() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember leader = cluster.leader();
      leader.put("/a", "1");
      Publications shown = leader.published();
      await(
          "both have all",
          () ->
              shown.progress().get().size() == 2
                  && shown.progress().get().stream()
                      .allMatch(peer -> peer.matchIndex() == leader.view().commitIndex()));
      assertEquals(2, shown.replication().followers().size());
      shown
          .replication()
          .followers()
          .values()
          .forEach(
              follower -> {
                assertTrue(follower.successes() > 0);
                assertTrue(follower.latency().minimum() <= follower.latency().maximum());
              });
      assertTrue(shown.replication().sent().read(System.nanoTime()).total() > 0);
      Publications other = cluster.follower().published();
      assertEquals(List.of(), other.progress().get());
      assertTrue(other.replication().received().read(System.nanoTime()).total() > 0);
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
