package io.conclave.raft;

import static io.conclave.raft.LoopbackCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.MemberCommand.ChangeReply;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Members come, go, and come back as somebody else. */
final class ClusterMembershipTest {
  @Test
  void aNewMemberLearnsThenVotes() {
    try (LoopbackCluster cluster = new LoopbackCluster(1, "").start()) {
      LoopbackMember first = cluster.get(1);
      first.put("/before", "1");
      LoopbackMember second = cluster.newcomer(2);
      applied(first.change(new Change.Add(second.asLearner())));
      assertTrue(first.tree().membership().isLearner(second.id));
      first.put("/meanwhile", "2");
      second.start();
      cluster.awaitReady();
      cluster.awaitEverywhere("/before", "1");
      await("promotion", () -> second.tree().membership().isVoter(second.id));
      second.put("/through-the-new-one", "3");
      cluster.awaitEverywhere("/through-the-new-one", "3");
      second.kill();
      second.start();
      cluster.awaitReady();
      second.put("/again", "4");
    }
  }

  @Test
  void membersThatNeverStartCostNothing() {
    try (LoopbackCluster cluster = new LoopbackCluster(1, "").start()) {
      LoopbackMember only = cluster.get(1);
      LoopbackMember absent = cluster.newcomer(2);
      applied(only.change(new Change.Add(absent.asLearner())));
      only.put("/a", "1");
      assertEquals("1", only.read("/a"));
      applied(only.change(new Change.Remove(absent.id)));
      only.put("/b", "2");
    }
  }

  @Test
  void aRemovedFollowerEndsByItself() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember gone = cluster.follower();
      applied(cluster.leader().change(new Change.Remove(gone.id)));
      await("its end", () -> gone.exits.contains(ExitCode.REMOVED));
      gone.kill();
      cluster.leader().put("/a", "1");
      cluster.awaitEverywhere("/a", "1");
    }
  }

  @Test
  void aLeaderThatIsRemovedAnswersHandsOverAndEnds() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember gone = cluster.leader();
      applied(gone.change(new Change.Remove(gone.id)));
      await("its end", () -> gone.exits.contains(ExitCode.REMOVED));
      gone.kill();
      cluster.leader().put("/a", "1");
      cluster.awaitEverywhere("/a", "1");
      assertEquals(2, cluster.leader().tree().membership().voters().size());
    }
  }

  @Test
  void aMemberRemovedWhileItWasDownIsToldSo() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember gone = cluster.follower();
      gone.kill();
      applied(cluster.leader().change(new Change.Remove(gone.id)));
      gone.start();
      await("its end", () -> gone.exits.contains(ExitCode.REMOVED));
    }
  }

  @Test
  void aWipedMemberIsRefusedAndComesBackOnlyUnderAnotherId() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember wiped = cluster.follower();
      cluster.leader().put("/a", "1");
      wiped.kill();
      wiped.wipe();
      wiped.start();
      await("its end", () -> wiped.exits.contains(ExitCode.IDENTITY_REFUSED));
      wiped.kill();
      cluster.leader().put("/b", "2");
      applied(cluster.leader().change(new Change.Remove(wiped.id)));
      LoopbackMember replacement = cluster.newcomer(9);
      applied(cluster.leader().change(new Change.Add(replacement.asLearner())));
      replacement.start();
      cluster.awaitReady();
      cluster.awaitEverywhere("/b", "2");
      await("promotion", () -> cluster.leader().tree().membership().isVoter(replacement.id));
      assertEquals(List.of(), replacement.exits);
    }
  }

  @Test
  void whatCanNotBeIsRefusedAlsoThroughAFollower() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, "").start()) {
      LoopbackMember follower = cluster.follower();
      assertEquals(
          new ChangeReply.Refused(Refusal.MEMBER_EXISTS),
          follower.change(new Change.Add(cluster.leader().asLearner())));
      LoopbackMember stranger = cluster.newcomer(8);
      assertEquals(
          new ChangeReply.Refused(Refusal.MEMBER_UNKNOWN),
          follower.change(new Change.Remove(stranger.id)));
      applied(
          follower.change(new Change.UpdatePeerUrls(follower.id, List.of("http://127.0.0.1:1"))));
      assertEquals(
          List.of("http://127.0.0.1:1"),
          follower.tree().membership().member(follower.id).orElseThrow().peerUrls());
    }
  }

  private static void applied(ChangeReply reply) {
    assertInstanceOf(ChangeReply.Applied.class, reply);
  }
}
