package io.conclave.raft;

import static io.conclave.raft.LoopbackCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.KeySpaceActor;
import io.conclave.raft.MemberCommand.ProposalReply;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.Test;

/** One part of one member fails; the cluster goes on and loses nothing. */
final class ClusterFaultTest {
  private static final String QUICK =
      "conclave.raft.restarts { max = 3, backoff-min = 10 ms, backoff-max = 20 ms }\n";

  /** Short in the build; {@code -Dconclave.dead-peer-seconds=60} is what was asked for. */
  private static final int DEAD_SECONDS = Integer.getInteger("conclave.dead-peer-seconds", 15);

  /** However long it is dead: three members and their disks are in the memory of one JVM. */
  private static final int ROUNDS_WHILE_DEAD = 60;

  @Test
  void aFollowerWhoseDiskFailsEndsAndTheOthersGoOn() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember broken = cluster.follower();
      broken.disk.set(JournalDisk.Fault.WRITE_FAILS);
      cluster.leader().put("/a", "1");
      await("its end", () -> broken.exits.equals(List.of(ExitCode.JOURNAL_FAILED)));
      broken.kill();
      cluster.leader().put("/b", "2");
      broken.exits.clear();
      broken.start();
      cluster.awaitEverywhere("/b", "2");
    }
  }

  @Test
  void aLeaderWhoseDiskFailsEndsAndItsWriteIsNeverToldAsDone() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember broken = cluster.leader();
      broken.disk.set(JournalDisk.Fault.WRITE_FAILS);
      CompletableFuture<ProposalReply> lost = broken.propose(SingleMember.set("/a", "1"));
      assertEquals(new ProposalReply.Failed(MemberAccess.STOPPED), LoopbackMember.get(lost));
      await("its end", () -> broken.exits.equals(List.of(ExitCode.JOURNAL_FAILED)));
      broken.kill();
      LoopbackMember next = cluster.leader();
      next.put("/b", "2");
      broken.start();
      cluster.awaitEverywhere("/b", "2");
      String outcome = next.read("/a");
      cluster.awaitEverywhere("/a", outcome);
    }
  }

  @Test
  void aJournalThatCrashesStartsAgainUnderAnotherBoot() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, QUICK).start()) {
      LoopbackMember crashing = cluster.follower();
      crashing.disk.set(JournalDisk.Fault.CRASH);
      cluster.leader().put("/a", "1");
      await("restart", () -> crashing.disk.recoveries() == 2);
      cluster.awaitReady();
      cluster.awaitEverywhere("/a", "1");
      crashing.put("/b", "2");
      cluster.awaitEverywhere("/b", "2");
      assertEquals(List.of(), crashing.exits);
    }
  }

  @Test
  void aLeaderWhoseJournalCrashesComesBackAsAnybody() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, QUICK).start()) {
      LoopbackMember crashing = cluster.leader();
      crashing.put("/a", "1");
      crashing.disk.set(JournalDisk.Fault.CRASH);
      LoopbackMember.get(crashing.propose(SingleMember.set("/unknown", "?")));
      await("restart", () -> crashing.disk.recoveries() == 2);
      cluster.awaitReady();
      cluster.leader().put("/b", "2");
      cluster.awaitEverywhere("/a", "1");
      cluster.awaitEverywhere("/b", "2");
    }
  }

  @Test
  void aCrashedReplicatorIsReplacedAndNothingIsMissing() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember leader = cluster.leader();
      long term = leader.view().term();
      ActorSelection replicators =
          Adapter.toClassic(leader.system()).actorSelection("/user/raft/member-*/replicator-*");
      for (int i = 0; i < 20; i++) {
        replicators.tell(new LogReplicator.Send(null), org.apache.pekko.actor.ActorRef.noSender());
        leader.put("/" + i, "v");
      }
      cluster.awaitEverywhere("/19", "v");
      assertEquals(term, leader.view().term(), "it still leads");
    }
  }

  @Test
  void aKeySpaceThatFailsTakesItsMemberWithItAndBothComeBack() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, QUICK).start()) {
      LoopbackMember leader = cluster.leader();
      leader.put("/a", "1");
      Adapter.toClassic(leader.system())
          .actorSelection("/user/raft/keyspace")
          .tell(
              new KeySpaceActor.Replace(leader.tree(), LogPosition.ORIGIN, null),
              org.apache.pekko.actor.ActorRef.noSender());
      await("restart", () -> leader.disk.recoveries() == 2);
      cluster.awaitReady();
      cluster.leader().put("/b", "2");
      cluster.awaitEverywhere("/a", "1");
      cluster.awaitEverywhere("/b", "2");
      assertEquals(List.of(), leader.exits);
    }
  }

  @Test
  void aCommandThatNobodyCanReadEndsEverybodyAndIsServedByNobody() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, QUICK).start()) {
      LoopbackMember leader = cluster.leader();
      leader.put("/a", "1");
      cluster.awaitEverywhere("/a", "1");
      CompletableFuture<ProposalReply> poison = leader.proposeBytes(Bytes.utf8("no command"));
      assertEquals(new ProposalReply.Failed(MemberAccess.STOPPED), LoopbackMember.get(poison));
      for (LoopbackMember member : cluster.up()) {
        await("its end", () -> member.exits.equals(List.of(ExitCode.DAMAGED_DATA)));
        assertEquals("1", member.value("/a"));
      }
    }
  }

  @Test
  void aLeaderThatHearsNobodyStepsDownAndTheOthersElect() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember deaf = cluster.leader();
      deaf.put("/a", "1");
      deaf.port.silence(true);
      await(
          "another leader",
          () -> cluster.up().stream().anyMatch(m -> m != deaf && m.view().isLeader()));
      LoopbackMember next =
          cluster.up().stream().filter(m -> m.view().isLeader() && m != deaf).findFirst().get();
      next.put("/b", "2");
      await("it does not lead", () -> !deaf.view().isLeader());
      assertEquals("", deaf.value("/b"));
      deaf.port.silence(false);
      cluster.awaitEverywhere("/b", "2");
      assertEquals("2", deaf.read("/b"));
    }
  }

  @Test
  void aFollowerThatHearsNobodyDisturbsNobody() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember leader = cluster.leader();
      long term = leader.view().term();
      LoopbackMember deaf = cluster.follower();
      deaf.port.silence(true);
      await("it knows no leader", () -> !deaf.view().hasLeader());
      leader.put("/a", "1");
      deaf.port.silence(false);
      cluster.awaitEverywhere("/a", "1");
      assertEquals(term, cluster.leader().view().term(), "pre-vote keeps the term");
      assertTrue(leader.view().isLeader());
    }
  }

  /** The transport used to give up on a dead peer after 8 s. */
  @Test
  void aDeadPeerAndBusyLanesEndNothing() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember dead = cluster.follower();
      dead.kill();
      LoopbackMember leader = cluster.leader();
      String large = "x".repeat(300_000);
      int writes = 0;
      Duration round = Duration.ofSeconds(DEAD_SECONDS).dividedBy(ROUNDS_WHILE_DEAD);
      while (writes < ROUNDS_WHILE_DEAD) {
        long next = System.nanoTime() + round.toNanos();
        leader.put("/large", large);
        leader.put("/small", "v" + writes++);
        await("the next round", () -> System.nanoTime() - next >= 0);
      }
      assertFalse(leader.system().whenTerminated().isCompleted());
      assertTrue(leader.view().isLeader());
      dead.start();
      cluster.awaitEverywhere("/small", "v" + (writes - 1));
      assertNotEquals("", dead.value("/large"));
    }
  }
}
