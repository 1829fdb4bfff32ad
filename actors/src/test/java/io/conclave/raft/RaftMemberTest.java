package io.conclave.raft;

import static io.conclave.raft.SingleMember.await;
import static io.conclave.raft.SingleMember.set;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.conclave.keyspace.CommandCodec;
import io.conclave.keyspace.KeySpaceActor;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Lookup;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.MemberCommand.ChangeReply;
import io.conclave.raft.MemberCommand.ProposalReply;
import io.conclave.raft.MemberCommand.ReadReply;
import io.conclave.raft.core.FirstEntry;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RecoveredState;
import io.conclave.raft.core.Refusal;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.Incarnation;
import io.conclave.raft.peer.PeerDirectory;
import io.conclave.raft.peer.PeerIdentity;
import io.conclave.raft.peer.PeerRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RaftMemberTest {
  private static final Duration QUIET = Duration.ofMillis(200);
  private static ActorTestKit kit;

  private final AtomicBoolean diskHasSpace = new AtomicBoolean(true);
  private SingleMember single;
  private TestProbe<Journal.Command> journal;
  private ActorRef<RaftMember.Command> member;

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
    start("");
    confirmUntilReady();
    MemberView view = single.published.view().get();
    assertTrue(view.isLeader());
    assertEquals(2, view.term());
    KeySpace tree = single.published.tree().get();
    assertEquals(3, tree.index());
    assertEquals("2.3.0", tree.clusterVersion());
    assertEquals("one", tree.members().getFirst().name());
    assertEquals(List.of("http://a:2379"), tree.members().getFirst().clientUrls());
  }

  @Test
  void aProposalIsAnsweredOnlyAfterItIsDurable() {
    start("");
    confirmUntilReady();
    TestProbe<ProposalReply> reply = single.propose(set("/a", "v"));
    Journal.Append append = nextAppend();
    reply.expectNoMessage(QUIET);
    assertEquals(3, single.published.tree().get().index());
    confirm(append);
    ProposalReply.Applied applied = reply.expectMessageClass(ProposalReply.Applied.class);
    LogEntry entry = entries(append).getFirst();
    assertEquals(entry.position(), applied.position());
    assertEquals(4, ((Outcome.Changed) applied.outcome()).event().index());
    assertEquals(0, single.access.proposals());
    assertTrue(single.published.view().get().commitIndex() >= entry.index());
  }

  @Test
  void whatArrivesDuringASyncBecomesOneEvent() {
    start("");
    confirmUntilReady();
    single.propose(set("/first", "v"));
    Journal.Append first = nextAppend();
    List<TestProbe<ProposalReply>> replies = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      replies.add(single.propose(set("/" + i, "v")));
    }
    assertEquals(List.of(), appendsWithin(QUIET));
    confirm(first);
    Journal.Append second = nextAppend();
    assertEquals(50, entries(second).size());
    confirm(second);
    replies.forEach(reply -> reply.expectMessageClass(ProposalReply.Applied.class));
  }

  @Test
  void aRefusalOfTheStoreIsAnOutcome() {
    start("");
    confirmUntilReady();
    TestProbe<ProposalReply> reply =
        single.propose(new Command.Delete(KeyPath.of("/none"), false, false));
    confirm(nextAppend());
    ProposalReply.Applied applied = reply.expectMessageClass(ProposalReply.Applied.class);
    assertEquals(100, ((Outcome.Refused) applied.outcome()).error().code().number());
  }

  @Test
  void aChangeOfTheConfigurationIsToldOnceItIsApplied() {
    start("");
    confirmUntilReady();
    List<String> moved = List.of("http://b:2380");
    TestProbe<ChangeReply> reply =
        change(new Membership.Change.UpdatePeerUrls(SingleMember.SELF, moved));
    Journal.Append append = nextAppend();
    reply.expectNoMessage(QUIET);
    confirm(append);
    reply.expectMessage(new ChangeReply.Applied(entries(append).getFirst().position()));
    assertEquals(moved, single.published.tree().get().members().getFirst().peerUrls());
    change(new Membership.Change.Remove(new MemberId(6)))
        .expectMessage(new ChangeReply.Refused(Refusal.MEMBER_UNKNOWN));
    assertEquals(0, single.access.proposals());
  }

  @Test
  void aMemberThatIsAloneHasNobodyToHandOverTo() {
    start("");
    confirmUntilReady();
    TestProbe<RaftSupervisor.HandoverEnded> ended = kit.createTestProbe();
    member.tell(
        new RaftMember.HandOver(
            new RaftSupervisor.HandOver(Duration.ofMinutes(1), ended.getRef())));
    ended.expectMessage(RaftSupervisor.HandoverEnded.NOW);
    assertTrue(single.published.view().get().isLeader());
  }

  @Test
  void aProposalWhoseSyncNeverEndsIsUnknownAtItsDeadline() {
    start("");
    confirmUntilReady();
    TestProbe<ProposalReply> reply = single.propose(set("/a", "v"));
    Journal.Append append = nextAppend();
    single.clock.advance(SingleMember.PATIENCE);
    reply.expectMessage(new ProposalReply.Failed("etcdserver: request timed out"));
    assertEquals(0, single.access.proposals());
    assertEquals(0, single.access.proposalBytes());
    confirm(append);
    await("the write is applied all the same", () -> single.published.tree().get().index() == 4);
  }

  @Test
  void aFullDiskRefusesWritesServesReadsAndHealsByItself() {
    start("");
    confirmUntilReady();
    diskHasSpace.set(false);
    ProposalReply.Failed full = new ProposalReply.Failed("no space");
    await(
        "refusal",
        () -> {
          TestProbe<ProposalReply> reply = single.propose(set("/a", "v"));
          appendsWithin(Duration.ofMillis(20)).forEach(this::confirm);
          return full.equals(reply.receiveMessage());
        });
    assertEquals(0, single.access.proposals());
    read().expectMessageClass(ReadReply.Ready.class);
    diskHasSpace.set(true);
    await(
        "writing again",
        () -> {
          TestProbe<ProposalReply> reply = single.propose(set("/a", "v"));
          appendsWithin(Duration.ofMillis(20)).forEach(this::confirm);
          return reply.receiveMessage() instanceof ProposalReply.Applied;
        });
  }

  @Test
  void aLinearizableReadSeesEveryWriteAnsweredBefore() {
    start("");
    confirmUntilReady();
    TestProbe<ProposalReply> write = single.propose(set("/a", "v"));
    confirm(nextAppend());
    LogPosition written = write.expectMessageClass(ProposalReply.Applied.class).position();
    TestProbe<ReadReply> read = read();
    ReadReply.Ready ready = read.expectMessageClass(ReadReply.Ready.class);
    assertTrue(ready.applied().index() >= written.index());
    assertTrue(
        ready.root().get(KeyPath.of("/a"), false, false, single.now()) instanceof Lookup.Found);
    assertEquals(0, single.access.reads());
    assertEquals(List.of(), appendsWithin(QUIET));
  }

  @Test
  void withoutALeaderReadsWaitUntilTheirDeadline() {
    start("");
    TestProbe<ReadReply> read = read();
    nextAppend();
    single.clock.advance(SingleMember.PATIENCE);
    read.expectMessage(new ReadReply.Failed("etcdserver: request timed out"));
    assertEquals(0, single.access.reads());
  }

  @Test
  void whoeverWaitsWhenTheMemberStopsIsTold() {
    start("");
    confirmUntilReady();
    TestProbe<ProposalReply> write = single.propose(set("/a", "v"));
    nextAppend();
    member.tell(RaftMember.Stop.NOW);
    write.expectMessage(new ProposalReply.Failed("etcdserver: server stopped"));
    assertEquals(
        Optional.of("etcdserver: server stopped"),
        single.access.readIndex(0, kit.<ReadReply>createTestProbe().getRef()));
    assertFalse(single.published.view().get().hasLeader());
    assertFalse(single.published.view().get().ready());
  }

  @Test
  void anIdleMemberWritesNothing() {
    start("");
    confirmUntilReady();
    assertEquals(List.of(), appendsWithin(Duration.ofSeconds(1)));
  }

  @Test
  void aKeyGoesWhenItsTimeHasComeAndNothingIsWrittenBefore() {
    start("");
    confirmUntilReady();
    single.propose(SingleMember.setFor("/a", 5));
    confirm(nextAppend());
    await("applied", () -> single.published.tree().get().index() == 4);
    single.clock.advance(Duration.ofMillis(4_000));
    List<Journal.Append> early = appendsWithin(QUIET);
    assertEquals(List.of(), early);
    single.clock.advance(Duration.ofMillis(1_000));
    Journal.Append append = nextAppend();
    assertEquals(new Command.Sync(), command(entries(append).getFirst()));
    confirm(append);
    await("expired", () -> single.published.tree().get().index() == 5);
    assertEquals(List.of(), appendsWithin(QUIET));
  }

  @Test
  void clusterTimePassesWhileTheMemberLeads() {
    start("");
    confirmUntilReady();
    long before = single.now().clusterTime();
    single.clock.advance(Duration.ofSeconds(100));
    await("a tick", () -> single.now().clusterTime() >= before + 100_000);
    assertTrue(single.published.now().get().advancing());
  }

  @Test
  void commitAndClusterTimeAreNotedWhileThereAreTtls() {
    start("conclave.raft.note-interval = 100 ms");
    confirmUntilReady();
    single.propose(SingleMember.setFor("/a", 1000));
    confirm(nextAppend());
    await("applied", () -> single.published.tree().get().index() == 4);
    long commit = single.published.view().get().commitIndex();
    journal.fishForMessage(
        SingleMember.PATIENCE,
        message ->
            message instanceof Journal.Note(long noted, long time) && noted == commit && time > 0
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
  }

  @Test
  void aSnapshotIsTakenOfTheTreeAsItWasAndAppendsGoOn() {
    start("conclave.raft.snapshot { count = 8, catch-up-entries = 2 }");
    confirmUntilReady();
    long index = 0;
    Journal.SaveSnapshot save = null;
    while (save == null) {
      TestProbe<ProposalReply> reply = single.propose(set("/a", "v"));
      Journal.Command next = journal.receiveMessage();
      if (next instanceof Journal.SaveSnapshot found) {
        save = found;
        next = nextAppend();
      }
      confirm((Journal.Append) next);
      index = reply.expectMessageClass(ProposalReply.Applied.class).position().index();
    }
    assertTrue(save.meta().position().index() >= 8);
    assertTrue(save.meta().position().index() <= index);
    assertEquals(save.meta().position().index() - 1, save.firstKept());
    assertEquals(FirstEntry.hash(SingleMember.NotedFounding.INITIAL), save.meta().bootstrapHash());
    long inTree = save.root().index();
    single.propose(set("/b", "v"));
    confirm(nextAppend());
    assertEquals(inTree, save.root().index());
    save.replyTo().tell(new Journal.SnapshotSaved(save.meta().position(), 100));
    single.propose(set("/c", "v"));
    confirm(nextAppend());
  }

  @Test
  void aFailedSnapshotIsTriedAgainLater() {
    start("conclave.raft.snapshot { count = 6, catch-up-entries = 0 }");
    confirmUntilReady();
    int saves = 0;
    while (saves < 2) {
      single.propose(set("/a", "v"));
      Journal.Command next = journal.receiveMessage();
      if (next instanceof Journal.SaveSnapshot save) {
        saves++;
        save.replyTo().tell(new Journal.SnapshotFailed(save.meta().position(), "full"));
        next = nextAppend();
      }
      confirm((Journal.Append) next);
    }
  }

  private void start(String overrides) {
    single = new SingleMember(kit, overrides);
    journal = kit.createTestProbe();
    JournalEvent.Appended first =
        FirstEntry.event(SingleMember.NotedFounding.INITIAL.members().values());
    RecoveredState founded =
        new RecoveredState(first.hardState(), Optional.empty(), first.before(), first.entries(), 0);
    ActorRef<KeySpaceActor.Command> keySpace =
        kit.spawn(
            KeySpaceActor.create(
                KeySpace.initial(1000), LogPosition.ORIGIN, single.published.tree(), single.feed));
    member = kit.spawn(RaftMember.create(single.setup, founded, around(keySpace))).narrow();
  }

  private Surroundings around(ActorRef<KeySpaceActor.Command> keySpace) {
    AtomicLong durableSeq = new AtomicLong();
    var self = new PeerIdentity.Self(7, SingleMember.SELF, new Incarnation(1, 1), new Boot(1, 7));
    return new Surroundings(
        journal.getRef(),
        diskHasSpace::get,
        durableSeq,
        keySpace,
        new MemorySnapshots(),
        Runnable::run,
        new PeerDirectory(self, durableSeq::get),
        kit.<PeerRegistry.Command>createTestProbe().getRef(),
        FirstEntry.hash(SingleMember.NotedFounding.INITIAL),
        () -> {});
  }

  private void confirmUntilReady() {
    while (!single.published.view().get().ready()) {
      List<Journal.Append> appends = appendsWithin(Duration.ofMillis(20));
      appends.forEach(this::confirm);
    }
  }

  /** Reads the journal's mailbox until it stays empty for so long. */
  private List<Journal.Append> appendsWithin(Duration quiet) {
    List<Journal.Append> appends = new ArrayList<>();
    long end = System.nanoTime() + quiet.toNanos();
    for (long left = quiet.toNanos(); left > 0; left = end - System.nanoTime()) {
      try {
        if (journal.receiveMessage(Duration.ofNanos(left)) instanceof Journal.Append append) {
          appends.add(append);
        }
      } catch (AssertionError nothingCame) {
        return appends;
      }
    }
    return appends;
  }

  private Journal.Append nextAppend() {
    while (true) {
      if (journal.receiveMessage() instanceof Journal.Append append) {
        return append;
      }
    }
  }

  private void confirm(Journal.Append append) {
    append.replyTo().tell(new Journal.Appended(append.ticket(), append.ticket()));
  }

  private TestProbe<ReadReply> read() {
    TestProbe<ReadReply> reply = kit.createTestProbe();
    assertEquals(
        Optional.empty(),
        single.access.readIndex(
            single.clock.nanos() + SingleMember.PATIENCE.toNanos(), reply.getRef()));
    return reply;
  }

  private TestProbe<ChangeReply> change(Membership.Change change) {
    TestProbe<ChangeReply> reply = kit.createTestProbe();
    long deadline = single.clock.nanos() + SingleMember.PATIENCE.toNanos();
    assertEquals(
        Optional.empty(), single.access.changeMembership(change, deadline, reply.getRef()));
    return reply;
  }

  private static List<LogEntry> entries(Journal.Append append) {
    return ((JournalEvent.Appended) append.event()).entries();
  }

  private static Command command(LogEntry entry) {
    return CommandCodec.decode(((LogEntry.Payload.Command) entry.payload()).bytes());
  }
}
