package io.conclave.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.RaftMessage.AppendEntries;
import io.conclave.raft.core.RaftMessage.Heartbeat;
import io.conclave.raft.core.RaftMessage.RequestVote;
import io.conclave.raft.core.RaftOptions;
import io.conclave.raft.core.RaftOptions.Batching;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.Role;
import io.conclave.raft.core.Stamp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The sentences of the Raft paper that matter, in its order, each shown on real cores. */
final class RaftPaperTest {
  private static final MemberId ONE = new MemberId(1);
  private static final MemberId TWO = new MemberId(2);
  private static final MemberId THREE = new MemberId(3);

  private final CoreCluster cluster = new CoreCluster(3, RaftOptions.DEFAULT);

  private CoreMember member(long id) {
    return cluster.member(id);
  }

  private void hear(long receiver, MemberId from, RaftMessage message) {
    member(receiver).step(new Input.PeerMessage(from, message));
  }

  private static LogEntry entry(long term, long index) {
    Payload payload = new Payload.Command(Bytes.utf8("set " + term + "/" + index));
    return new LogEntry(new LogPosition(term, index), RequestId.NONE, Stamp.ZERO, payload);
  }

  private static AppendEntries append(long term, LogPosition before, LogEntry... entries) {
    return new AppendEntries(term, before, List.of(entries), 0);
  }

  private static LogPosition at(long term, long index) {
    return new LogPosition(term, index);
  }

  private boolean sent(String line) {
    return cluster.takeTrace().contains(line);
  }

  private List<String> commands(long id) {
    return member(id).applied().stream()
        .map(LogEntry::payload)
        .filter(Payload.Command.class::isInstance)
        .map(payload -> ((Payload.Command) payload).bytes().utf8())
        .toList();
  }

  /** §5.1: if one server's current term is smaller than the other's, it takes the larger one. */
  @Test
  void everyRoleTakesALargerTerm() {
    cluster.elect(1);
    hear(1, TWO, new Heartbeat(9, 1, 0, 0));
    assertEquals(9, member(1).core().term());
    assertEquals(Role.FOLLOWER, member(1).core().role());
    hear(3, TWO, new Heartbeat(9, 1, 0, 0));
    assertEquals(9, member(3).core().term());
  }

  /** §5.1: a server that receives a request with a stale term rejects it. */
  @Test
  void staleTermIsRejectedWithTheOwn() {
    cluster.elect(1);
    hear(3, TWO, append(1, at(1, 1), entry(1, 2)));
    cluster.stabilize(List.of(THREE));
    assertTrue(sent("3->2 AppendEntriesRejected term=2 at=1 hint=2/2"));
    assertEquals(at(2, 2), member(3).core().lastPosition());
  }

  /** §5.2: when servers start up, they begin as followers. */
  @Test
  void startsAsAFollower() {
    assertEquals(Role.FOLLOWER, member(1).core().role());
    cluster.elect(1);
    member(1).crash();
    member(1).start();
    assertEquals(Role.FOLLOWER, member(1).core().role());
    assertEquals(2, member(1).core().term());
  }

  /** §5.2: a leader sends periodic heartbeats to maintain its authority. */
  @Test
  void leaderSendsHeartbeatsInEachInterval() {
    cluster.elect(1);
    cluster.takeTrace();
    member(1).tick(RaftOptions.DEFAULT.timing().heartbeatTicks());
    List<String> trace = cluster.takeTrace();
    assertTrue(trace.contains("1->2 Heartbeat term=2 round=2 commit=2"), trace::toString);
    assertTrue(trace.contains("1->3 Heartbeat term=2 round=2 commit=2"), trace::toString);
  }

  /** §5.2: a follower that hears nothing for an election timeout begins an election. */
  @Test
  void silentLeaderIsReplaced() {
    cluster.elect(1);
    cluster.isolate(1);
    cluster.elect(2);
    assertEquals(Role.LEADER, member(2).core().role());
    assertEquals(TWO, member(3).core().leader());
  }

  /** §5.2: it increments its current term and votes for itself. */
  @Test
  void candidateVotesForItselfInANewTerm() {
    cluster.campaign(1);
    cluster.stabilize();
    assertTrue(cluster.takeTrace().contains("1 persisted term=2 vote=1"));
  }

  /** §5.2: a candidate wins with votes from a majority; the vote of a minority is not enough. */
  @Test
  void minorityElectsNobody() {
    cluster.isolate(1);
    cluster.campaign(1);
    cluster.stabilize();
    assertNotEquals(Role.LEADER, member(1).core().role());
    assertEquals(1, member(1).core().term(), "and pre-vote keeps its term where it was");
  }

  /** §5.2: each server votes for at most one candidate in a term, first come, first served. */
  @Test
  void oneVoteATerm() {
    hear(3, ONE, new RequestVote(5, at(1, 1), false));
    hear(3, TWO, new RequestVote(5, at(1, 1), false));
    cluster.stabilize(List.of(THREE));
    List<String> trace = cluster.takeTrace();
    assertTrue(trace.contains("3->1 RequestVoteResponse term=5 granted"), trace::toString);
    assertTrue(trace.contains("3->2 RequestVoteResponse term=5 rejected"), trace::toString);
  }

  /** Figure 2: the vote survives a crash. */
  @Test
  void voteIsRememberedAfterARestart() {
    hear(3, ONE, new RequestVote(5, at(1, 1), false));
    cluster.stabilize(List.of(THREE));
    member(3).crash();
    member(3).start();
    hear(3, TWO, new RequestVote(5, at(1, 1), false));
    cluster.stabilize(List.of(THREE));
    assertTrue(sent("3->2 RequestVoteResponse term=5 rejected"));
  }

  /** §5.2: a candidate that hears a leader of its own or a later term becomes its follower. */
  @Test
  void candidateRecognizesALeader() {
    cluster.isolate(2);
    cluster.campaign(2);
    hear(2, THREE, new Heartbeat(member(2).core().term(), 1, 0, 0));
    assertEquals(Role.FOLLOWER, member(2).core().role());
    assertEquals(THREE, member(2).core().leader());
  }

  /** §5.2: election timeouts are chosen randomly from a fixed interval. */
  @Test
  void electionTimeoutsDiffer() {
    int ticks = RaftOptions.DEFAULT.timing().electionTicks();
    Set<Integer> timeouts = new HashSet<>();
    for (long id = 1; id <= 40; id++) {
      CoreMember member =
          new CoreMember(
              new MemberId(id),
              List.of(CoreCluster.voter(id, false), CoreCluster.voter(99, false)),
              cluster);
      int waited = 0;
      while (member.core().role() == Role.FOLLOWER) {
        member.tick(1);
        waited++;
      }
      assertTrue(waited >= ticks && waited < 2 * ticks, "after " + waited);
      timeouts.add(waited);
    }
    assertTrue(timeouts.size() > 20, "only " + timeouts);
  }

  /** §5.3: the leader applies an entry and answers once a majority has it. */
  @Test
  void entryOnAMajorityIsCommitted() {
    cluster.elect(1);
    cluster.isolate(3);
    member(1).propose("set a");
    cluster.stabilize();
    assertEquals(List.of("set a"), commands(1));
    assertEquals(List.of("set a"), commands(2));
    assertEquals(List.of(), commands(3));
  }

  /** §5.3: an entry on a minority is not committed. */
  @Test
  void entryOnAMinorityIsNot() {
    cluster.elect(1);
    cluster.isolate(1);
    member(1).propose("set a");
    cluster.stabilize();
    assertEquals(at(2, 3), member(1).core().lastPosition());
    assertEquals(2, member(1).core().commitIndex());
  }

  /** §5.3: a follower that lacks the entry before refuses the new ones. */
  @Test
  void followerRejectsEntriesBehindAGap() {
    hear(3, ONE, append(2, at(2, 4), entry(2, 5)));
    cluster.stabilize(List.of(THREE));
    assertTrue(sent("3->1 AppendEntriesRejected term=2 at=4 hint=1/1"));
    assertEquals(at(1, 1), member(3).core().lastPosition());
  }

  /** §5.3: conflicting entries in the follower's log are overwritten from the leader's. */
  @Test
  void conflictingTailIsReplaced() {
    hear(3, ONE, append(2, at(1, 1), entry(2, 2), entry(2, 3), entry(2, 4)));
    cluster.stabilize(List.of(THREE));
    hear(3, TWO, append(3, at(2, 2), entry(3, 3)));
    cluster.stabilize(List.of(THREE));
    assertEquals(at(3, 3), member(3).core().lastPosition());
    member(3).crash();
    member(3).start();
    assertEquals(at(3, 3), member(3).core().lastPosition());
  }

  /** §5.3: what agrees is kept, so an old message takes nothing away. */
  @Test
  void lateMessageRemovesNothing() {
    hear(3, ONE, append(2, at(1, 1), entry(2, 2), entry(2, 3)));
    hear(3, ONE, append(2, at(1, 1), entry(2, 2)));
    cluster.stabilize(List.of(THREE));
    assertEquals(at(2, 3), member(3).core().lastPosition());
  }

  /** §5.3: a leader never overwrites or deletes entries in its own log. */
  @Test
  void secondLeaderOfATermIsABrokenInvariant() {
    cluster.elect(1);
    assertThrows(IllegalStateException.class, () -> hear(1, TWO, append(2, at(1, 1), entry(2, 2))));
  }

  /** §5.4.1: the voter denies its vote if its own log is more up to date. */
  @Test
  void candidateWithAnOlderLogGetsNoVote() {
    cluster.elect(1);
    cluster.isolate(3);
    member(1).propose("set a");
    cluster.stabilize();
    cluster.heal();
    member(1).crash();
    member(2).tick(RaftOptions.DEFAULT.timing().electionTicks());
    cluster.loseMessages();
    cluster.campaign(3);
    cluster.stabilize();
    assertNotEquals(Role.LEADER, member(3).core().role());
    cluster.elect(2);
    assertEquals(List.of("set a"), commands(2));
  }

  /** §5.4.2, figure 8: an entry of an earlier term is not committed by counting its copies. */
  @Test
  void earlierTermIsCommittedOnlyBehindAnEntryOfTheOwn() {
    CoreCluster single = new CoreCluster(3, oneEntryAMessage());
    single.elect(1);
    single.isolate(3);
    single.member(2).holdDisk(true);
    single.member(1).propose("set a");
    single.stabilize();
    single.member(1).crash();
    single.member(2).holdDisk(false);
    single.heal();
    single.stabilize();
    single.loseMessages();
    single.member(3).tick(RaftOptions.DEFAULT.timing().electionTicks());
    single.loseMessages();
    single.campaign(2);
    String copied = "3->2 AppendEntriesResponse term=3 match=3";
    List<String> trace = new ArrayList<>();
    single.stabilizeUntil(
        List.of(TWO, THREE),
        () -> {
          trace.addAll(single.takeTrace());
          return trace.contains(copied);
        });
    assertTrue(trace.contains(copied), trace::toString);
    assertEquals(2, single.member(2).core().commitIndex(), "2/3 is on a majority now");
    single.stabilize(List.of(TWO, THREE));
    assertEquals(4, single.member(2).core().commitIndex());
  }

  private static RaftOptions oneEntryAMessage() {
    RaftOptions usual = RaftOptions.DEFAULT;
    Batching batching =
        new Batching(100, 1 << 20, 1, 1, 1 << 20, 100, 1 << 20, 100, 1 << 20, 100, 100);
    return new RaftOptions(usual.timing(), batching, usual.compaction(), true);
  }

  /** §5.5: requests are idempotent; entries that arrive twice are there once. */
  @Test
  void repeatedAppendChangesNothing() {
    AppendEntries message = append(2, at(1, 1), entry(2, 2));
    hear(3, ONE, message);
    hear(3, ONE, message);
    cluster.stabilize(List.of(THREE));
    assertEquals(2, member(3).journal().size());
    assertEquals(at(2, 2), member(3).core().lastPosition());
  }

  /** §6: servers disregard vote requests while they believe that a leader exists. */
  @Test
  void livingLeaderIsProtected() {
    cluster.elect(1);
    hear(3, TWO, new RequestVote(8, at(8, 8), false));
    assertEquals(2, member(3).core().term());
    assertEquals(ONE, member(3).core().leader());
  }

  /** Thesis §3.10: unless the leader itself asked for the election. */
  @Test
  void transferIsNotRefused() {
    cluster.elect(1);
    member(1).step(new Input.TransferLeadership(THREE));
    cluster.stabilize();
    assertEquals(Role.LEADER, member(3).core().role());
    assertEquals(3, member(3).core().term());
  }

  /** §8: a leader commits an entry of its term first; only then does it know what is committed. */
  @Test
  void newLeaderServesNoReadBeforeItsFirstCommit() {
    cluster.campaign(3);
    cluster.stabilizeUntil(List.of(ONE, TWO, THREE), () -> member(3).core().role() == Role.LEADER);
    member(1).holdDisk(true);
    member(2).holdDisk(true);
    member(3).read();
    cluster.stabilize();
    assertFalse(cluster.takeTrace().stream().anyMatch(line -> line.contains("may serve")));
    member(2).holdDisk(false);
    cluster.stabilize();
    assertTrue(sent("3 may serve 1 read(s) at 2"));
  }

  /** §8: a leader that has been deposed does not serve reads. */
  @Test
  void deposedLeaderServesNoRead() {
    cluster.elect(1);
    cluster.isolate(1);
    cluster.takeTrace();
    member(1).read();
    cluster.stabilize();
    assertFalse(cluster.takeTrace().stream().anyMatch(line -> line.contains("may serve")));
  }
}
