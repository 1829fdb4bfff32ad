package io.conclave.raft;

import static io.conclave.raft.SingleMember.await;
import static io.conclave.raft.SingleMember.set;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Lookup;
import io.conclave.raft.MemberCommand.ProposalReply;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.JournalEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RaftSupervisorTest {
  private static final String QUICK =
      "conclave.raft.restarts { max = 2, backoff-min = 10 ms, backoff-max = 20 ms }\n";

  private static ActorTestKit kit;

  private final JournalDisk disk = new JournalDisk();
  private final List<ExitCode> exits = new CopyOnWriteArrayList<>();
  private final List<String> reasons = new CopyOnWriteArrayList<>();
  private volatile Runnable atExit = () -> {};
  private SingleMember single;
  private ActorRef<RaftSupervisor.Command> supervisor;

  @BeforeAll
  static void startSystem() {
    kit = ActorTestKit.create("RaftSupervisorTest", ConfigFactory.load());
  }

  @AfterAll
  static void stopSystem() {
    kit.shutdownTestKit();
  }

  @Test
  void anEmptyJournalGetsTheFirstEntryInOneEvent() {
    start(QUICK);
    single.awaitReady();
    JournalEvent.Appended first =
        assertInstanceOf(JournalEvent.Appended.class, disk.events().getFirst());
    assertEquals(1, first.entries().size());
    assertEquals(1, first.hardState().term());
    assertEquals(1, first.hardState().commit());
    assertTrue(first.hardState().vote().isNone());
    stop();
  }

  @Test
  void leadersAreCounted() {
    start(QUICK);
    single.awaitReady();
    assertEquals(1, single.published.replication().leadersSeen());
    disk.set(JournalDisk.Fault.CRASH);
    single.propose(set("/a", "1")).expectMessage(new ProposalReply.Failed(MemberAccess.STOPPED));
    await("restart", () -> disk.recoveries() == 2);
    single.awaitReady();
    assertEquals(2, single.published.replication().leadersSeen());
    stop();
  }

  @Test
  void everyAcknowledgedWriteIsThereAfterAStop() {
    start(QUICK);
    single.awaitReady();
    applied(single.propose(set("/a", "1")));
    applied(single.propose(set("/b", "2")));
    stop();
    start(QUICK);
    single.awaitReady();
    assertEquals("1", value("/a"));
    assertEquals("2", value("/b"));
    assertEquals(6, single.published.tree().get().index(), "one publication per start");
    stop();
  }

  @Test
  void readersAreToldWhenTheTreeHoldsWhatWasCommitted() throws Exception {
    start(QUICK);
    single.awaitReady();
    applied(single.propose(set("/a", "1")));
    applied(single.propose(set("/b", "2")));
    stop();
    SingleMember next = new SingleMember(kit, QUICK);
    CompletableFuture<Long> index =
        next.published.caughtUp().thenApply(done -> next.published.tree().get().index());
    assertFalse(index.isDone());
    start(next);
    assertTrue(index.get(10, TimeUnit.SECONDS) >= 4, "the write before the last is in it");
    stop();
  }

  @Test
  void aMemberGoesOnFromASnapshotAndTheLogBehindIt() {
    String config = QUICK + "conclave.raft.snapshot { count = 10, catch-up-entries = 3 }";
    start(config);
    single.awaitReady();
    for (int i = 0; i < 25; i++) {
      applied(single.propose(set("/" + i, "v" + i)));
    }
    await("snapshot", () -> disk.snapshot().isPresent());
    applied(single.propose(set("/last", "x")));
    long index = single.published.tree().get().index();
    stop();
    start(config);
    single.awaitReady();
    assertEquals("v0", value("/0"));
    assertEquals("v24", value("/24"));
    assertEquals("x", value("/last"));
    assertEquals(index + 1, single.published.tree().get().index());
    stop();
  }

  @Test
  void aCrashedJournalTakesAllWithItAndAllStartAgainFromDisk() {
    start(QUICK);
    single.awaitReady();
    applied(single.propose(set("/a", "1")));
    disk.set(JournalDisk.Fault.CRASH);
    TestProbe<ProposalReply> lost = single.propose(set("/b", "2"));
    lost.expectMessage(new ProposalReply.Failed(MemberAccess.STOPPED));
    await("restart", () -> disk.recoveries() == 2);
    single.awaitReady();
    assertEquals("1", value("/a"));
    applied(single.propose(set("/c", "3")));
    assertEquals(List.of(), exits);
    stop();
  }

  @Test
  void aCommandThatCanNotBeReadIsDamageAndNoReasonToStartAgain() {
    start(QUICK);
    single.awaitReady();
    applied(single.propose(set("/a", "1")));
    long index = single.published.tree().get().index();
    TestProbe<ProposalReply> poison = kit.createTestProbe();
    single.access.propose(
        Bytes.utf8("no command"), single.clock.nanos() + 1_000_000_000L, poison.getRef());
    await("exit", () -> exits.equals(List.of(ExitCode.DAMAGED_DATA)));
    assertEquals(index, single.published.tree().get().index());
    assertEquals("1", value("/a"));
    stop();
    assertEquals(1, disk.recoveries());
    start(QUICK);
    await("exit", () -> exits.equals(List.of(ExitCode.DAMAGED_DATA, ExitCode.DAMAGED_DATA)));
    assertTrue(reasons.getLast().startsWith("The log can't be applied: entry "), reasons.getLast());
    stop();
    assertEquals(2, disk.recoveries());
  }

  /** Whoever ends the process asks for it at once, while the member is just being stopped. */
  @Test
  void aMemberThatFailedHandsNothingOver() {
    start(QUICK);
    single.awaitReady();
    TestProbe<RaftSupervisor.HandoverEnded> handedOver = kit.createTestProbe();
    atExit =
        () ->
            supervisor.tell(
                new RaftSupervisor.HandOver(Duration.ofMillis(300), handedOver.getRef()));
    single.access.propose(
        Bytes.utf8("no command"),
        single.clock.nanos() + 1_000_000_000L,
        kit.<ProposalReply>createTestProbe().getRef());
    handedOver.expectMessage(RaftSupervisor.HandoverEnded.NOW);
    assertEquals(List.of(ExitCode.DAMAGED_DATA), exits);
    stop();
  }

  @Test
  void aJournalThatNeverStartsExhaustsTheRestarts() {
    disk.set(JournalDisk.Fault.CRASH_AT_START);
    start(QUICK);
    await("exit", () -> !exits.isEmpty());
    assertEquals(List.of(ExitCode.RESTARTS_EXHAUSTED), exits);
    assertEquals(
        Optional.of(MemberAccess.STARTING),
        single.access.propose(Bytes.EMPTY, 0, kit.<ProposalReply>createTestProbe().getRef()));
  }

  @Test
  void afterAFailedWriteNothingStartsAgain() {
    start(QUICK);
    single.awaitReady();
    disk.set(JournalDisk.Fault.WRITE_FAILS);
    TestProbe<ProposalReply> lost = single.propose(set("/a", "1"));
    lost.expectMessage(new ProposalReply.Failed(MemberAccess.STOPPED));
    assertEquals(List.of(ExitCode.JOURNAL_FAILED), exits);
    lost.expectNoMessage(Duration.ofMillis(200));
    assertEquals(1, disk.recoveries());
    assertEquals(List.of(ExitCode.JOURNAL_FAILED), exits);
  }

  @Test
  void damagedDataIsNeverServed() {
    disk.set(JournalDisk.Fault.DAMAGED);
    start(QUICK);
    await("exit", () -> !exits.isEmpty());
    assertEquals(List.of(ExitCode.DAMAGED_DATA), exits);
    assertEquals(0, disk.recoveries());
  }

  @Test
  void failuresFarApartAreForgiven() {
    start(QUICK + "conclave.raft.restarts.reset-after = 1 ms");
    for (int restart = 1; restart <= 4; restart++) {
      single.awaitReady();
      disk.set(JournalDisk.Fault.CRASH);
      TestProbe<ProposalReply> lost = single.propose(set("/a", "1"));
      lost.expectMessage(new ProposalReply.Failed(MemberAccess.STOPPED));
      int expected = restart + 1;
      await("restart", () -> disk.recoveries() == expected);
    }
    single.awaitReady();
    assertEquals(List.of(), exits);
    stop();
  }

  @Test
  void aStartThatCanNotBeNotedIsRefused() {
    single = new SingleMember(kit, QUICK);
    single.bootsToFail.set(1);
    start(single);
    await("exit", () -> exits.equals(List.of(ExitCode.START_REFUSED)));
    assertTrue(reasons.getFirst().contains("No space left"), reasons.toString());
    stop();
  }

  @Test
  void aRestartThatCanNotBeNotedIsTriedAgain() {
    start(QUICK);
    single.awaitReady();
    applied(single.propose(set("/a", "1")));
    single.bootsToFail.set(5);
    disk.set(JournalDisk.Fault.CRASH);
    single.propose(set("/b", "2")).expectMessage(new ProposalReply.Failed(MemberAccess.STOPPED));
    await("more restarts than failures are allowed", () -> disk.recoveries() == 7);
    single.awaitReady();
    applied(single.propose(set("/c", "3")));
    assertEquals("1", value("/a"));
    assertEquals(List.of(), exits);
    stop();
  }

  @Test
  void stopsAlsoWhileItWaitsForARestart() {
    disk.set(JournalDisk.Fault.CRASH_AT_START);
    start("conclave.raft.restarts { max = 1, backoff-min = 1h, backoff-max = 1h }");
    stop();
    assertEquals(List.of(), exits);
  }

  @Test
  void refusesAnEmptyJournalOnceTheLogHadBegun() {
    SingleMember wiped = new SingleMember(kit, "");
    wiped.founding.formed();
    start(wiped);
    await("an exit", () -> exits.equals(List.of(ExitCode.DAMAGED_DATA)));
    stop();
  }

  private void start(String overrides) {
    start(new SingleMember(kit, overrides));
  }

  private void start(SingleMember member) {
    single = member;
    supervisor =
        kit.spawn(
            RaftSupervisor.create(
                single.setup,
                single.feed,
                disk.factory(),
                (code, reason) -> {
                  atExit.run();
                  reasons.add(reason);
                  exits.add(code);
                }));
  }

  /** In less than the two seconds that a process has. */
  private void stop() {
    TestProbe<RaftSupervisor.Stopped> stopped = kit.createTestProbe();
    supervisor.tell(new RaftSupervisor.Stop(stopped.getRef()));
    stopped.expectMessage(Duration.ofSeconds(2), RaftSupervisor.Stopped.ALL);
    stopped.expectTerminated(supervisor);
  }

  private void applied(TestProbe<ProposalReply> reply) {
    reply.expectMessageClass(ProposalReply.Applied.class, SingleMember.PATIENCE);
  }

  private String value(String key) {
    KeySpace tree = single.published.tree().get();
    Lookup.Found found =
        assertInstanceOf(
            Lookup.Found.class,
            tree.get(KeyPath.of(key), false, false, single.now().clusterTime()));
    return found.event().node().value().utf8();
  }
}
