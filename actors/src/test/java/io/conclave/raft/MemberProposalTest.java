package io.conclave.raft;

import static io.conclave.raft.SingleMember.await;
import static io.conclave.raft.SingleMember.set;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.MemberCommand.ChangeReply;
import io.conclave.raft.MemberCommand.ProposalReply;
import io.conclave.raft.MemberCommand.ReadReply;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of a proposal while the journal takes its time, refuses or is full. */
final class MemberProposalTest {
  private static final Duration QUIET = Duration.ofMillis(200);
  private static ActorTestKit kit;

  @BeforeAll
  static void startSystem() {
    kit = ActorTestKit.create("MemberProposalTest", ConfigFactory.load());
  }

  @AfterAll
  static void stopSystem() {
    kit.shutdownTestKit();
  }

  @Test
  void aProposalIsAnsweredOnlyAfterItIsDurable() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    TestProbe<ProposalReply> reply = rig.single.propose(set("/a", "v"));
    Journal.Append append = rig.nextAppend();
    reply.expectNoMessage(QUIET);
    assertEquals(3, rig.single.published.tree().get().index());
    rig.confirm(append);
    ProposalReply.Applied applied = reply.expectMessageClass(ProposalReply.Applied.class);
    LogEntry entry = MemberRig.entries(append).getFirst();
    assertEquals(entry.position(), applied.position());
    assertEquals(4, ((Outcome.Changed) applied.outcome()).event().index());
    assertEquals(0, rig.single.access.proposals());
    assertTrue(rig.single.published.view().get().commitIndex() >= entry.index());
  }

  @Test
  void whatArrivesDuringASyncBecomesOneEvent() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    rig.single.propose(set("/first", "v"));
    Journal.Append first = rig.nextAppend();
    List<TestProbe<ProposalReply>> replies = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      replies.add(rig.single.propose(set("/" + i, "v")));
    }
    assertEquals(List.of(), rig.appendsWithin(QUIET));
    rig.confirm(first);
    Journal.Append second = rig.nextAppend();
    assertEquals(50, MemberRig.entries(second).size());
    rig.confirm(second);
    replies.forEach(reply -> reply.expectMessageClass(ProposalReply.Applied.class));
  }

  @Test
  void aRefusalOfTheStoreIsAnOutcome() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    TestProbe<ProposalReply> reply =
        rig.single.propose(new Command.Delete(KeyPath.of("/none"), false, false));
    rig.confirm(rig.nextAppend());
    ProposalReply.Applied applied = reply.expectMessageClass(ProposalReply.Applied.class);
    assertEquals(100, ((Outcome.Refused) applied.outcome()).error().code().number());
  }

  @Test
  void aChangeOfTheConfigurationIsToldOnceItIsApplied() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    List<String> moved = List.of("http://b:2380");
    TestProbe<ChangeReply> reply =
        rig.change(new Membership.Change.UpdatePeerUrls(SingleMember.SELF, moved));
    Journal.Append append = rig.nextAppend();
    reply.expectNoMessage(QUIET);
    rig.confirm(append);
    reply.expectMessage(new ChangeReply.Applied(MemberRig.entries(append).getFirst().position()));
    assertEquals(moved, rig.single.published.tree().get().members().getFirst().peerUrls());
    rig.change(new Membership.Change.Remove(new MemberId(6)))
        .expectMessage(new ChangeReply.Refused(Refusal.MEMBER_UNKNOWN));
    assertEquals(0, rig.single.access.proposals());
  }

  @Test
  void aProposalWhoseSyncNeverEndsIsUnknownAtItsDeadline() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    TestProbe<ProposalReply> reply = rig.single.propose(set("/a", "v"));
    Journal.Append append = rig.nextAppend();
    rig.single.clock.advance(SingleMember.PATIENCE);
    reply.expectMessage(new ProposalReply.Failed("etcdserver: request timed out"));
    assertEquals(0, rig.single.access.proposals());
    assertEquals(0, rig.single.access.proposalBytes());
    rig.confirm(append);
    await(
        "the write is applied all the same", () -> rig.single.published.tree().get().index() == 4);
  }

  @Test
  void aFullDiskRefusesWritesServesReadsAndHealsByItself() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    rig.diskHasSpace.set(false);
    ProposalReply.Failed full = new ProposalReply.Failed("no space");
    await(
        "refusal",
        () -> {
          TestProbe<ProposalReply> reply = rig.single.propose(set("/a", "v"));
          rig.appendsWithin(Duration.ofMillis(20)).forEach(rig::confirm);
          return full.equals(reply.receiveMessage());
        });
    assertEquals(0, rig.single.access.proposals());
    rig.read().expectMessageClass(ReadReply.Ready.class);
    rig.diskHasSpace.set(true);
    await(
        "writing again",
        () -> {
          TestProbe<ProposalReply> reply = rig.single.propose(set("/a", "v"));
          rig.appendsWithin(Duration.ofMillis(20)).forEach(rig::confirm);
          return reply.receiveMessage() instanceof ProposalReply.Applied;
        });
  }
}
