package io.conclave.raft;

import static io.conclave.raft.SingleMember.set;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Lookup;
import io.conclave.raft.MemberCommand.ProposalReply;
import io.conclave.raft.MemberCommand.ReadReply;
import io.conclave.raft.core.LogPosition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A member from its first election to its stop, and what it reads for others meanwhile. */
final class RaftMemberTest {
  private static final Duration QUIET = Duration.ofMillis(200);
  private static ActorTestKit kit;

  @BeforeAll
  static void startSystem() {
    kit = ActorTestKit.create("RaftMemberTest", ConfigFactory.load());
  }

  @AfterAll
  static void stopSystem() {
    kit.shutdownTestKit();
  }

  @Test
  void aFreshMemberElectsItselfAndIntroducesItself() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    MemberView view = rig.single.published.view().get();
    assertTrue(view.isLeader());
    assertEquals(2, view.term());
    KeySpace tree = rig.single.published.tree().get();
    assertEquals(3, tree.index());
    assertEquals("2.3.0", tree.clusterVersion());
    assertEquals("one", tree.members().getFirst().name());
    assertEquals(List.of("http://a:2379"), tree.members().getFirst().clientUrls());
  }

  @Test
  void aMemberThatIsAloneHasNobodyToHandOverTo() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    TestProbe<RaftSupervisor.HandoverEnded> ended = kit.createTestProbe();
    rig.member.tell(
        new RaftMember.HandOver(
            new RaftSupervisor.HandOver(Duration.ofMinutes(1), ended.getRef())));
    ended.expectMessage(RaftSupervisor.HandoverEnded.NOW);
    assertTrue(rig.single.published.view().get().isLeader());
  }

  @Test
  void whoeverWaitsWhenTheMemberStopsIsTold() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    TestProbe<ProposalReply> write = rig.single.propose(set("/a", "v"));
    rig.nextAppend();
    rig.member.tell(RaftMember.Stop.NOW);
    write.expectMessage(new ProposalReply.Failed("etcdserver: server stopped"));
    assertEquals(
        Optional.of("etcdserver: server stopped"),
        rig.single.access.readIndex(0, kit.<ReadReply>createTestProbe().getRef()));
    assertFalse(rig.single.published.view().get().hasLeader());
    assertFalse(rig.single.published.view().get().ready());
  }

  @Test
  void anIdleMemberWritesNothing() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    assertEquals(List.of(), rig.appendsWithin(Duration.ofSeconds(1)));
  }

  @Test
  void aLinearizableReadSeesEveryWriteAnsweredBefore() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    TestProbe<ProposalReply> write = rig.single.propose(set("/a", "v"));
    rig.confirm(rig.nextAppend());
    LogPosition written = write.expectMessageClass(ProposalReply.Applied.class).position();
    TestProbe<ReadReply> read = rig.read();
    ReadReply.Ready ready = read.expectMessageClass(ReadReply.Ready.class);
    assertTrue(ready.applied().index() >= written.index());
    assertTrue(
        ready.root().get(KeyPath.of("/a"), false, false, rig.single.now().clusterTime())
            instanceof Lookup.Found);
    assertEquals(0, rig.single.access.reads());
    assertEquals(List.of(), rig.appendsWithin(QUIET));
  }

  @Test
  void withoutALeaderReadsWaitUntilTheirDeadline() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.nextAppend();
    TestProbe<ReadReply> read = rig.read();
    rig.single.clock.advance(SingleMember.PATIENCE);
    read.expectMessage(new ReadReply.Failed("etcdserver: request timed out"));
    assertEquals(0, rig.single.access.reads());
  }
}
