package io.conclave.raft.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.RaftMessage.AppendEntries;
import io.conclave.raft.core.RaftMessage.AppendEntriesResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The log is bounded in bytes of memory, and nobody waits for ever because of it. */
final class LogLimitTest {
  private static final MemberId SELF = new MemberId(1);
  private static final MemberId OTHER = new MemberId(2);
  private static final int VALUE_BYTES = 1_000;
  private static final int ENTRY_BYTES = VALUE_BYTES + 192;
  private static final int LOG_BYTES_MAX = 20 * ENTRY_BYTES;
  private static final long SNAPSHOT_BYTES = 1 << 30;
  private static final RaftOptions OPTIONS =
      new RaftOptions(
          RaftOptions.Timing.DEFAULT,
          RaftOptions.Batching.DEFAULT,
          new RaftOptions.Compaction(10_000, 64 << 20, 5_000, 64 << 20, LOG_BYTES_MAX),
          true);

  private final List<Effect.ProposalRefused> refused = new ArrayList<>();
  private final List<Effect.Send> sent = new ArrayList<>();
  private int snapshotsAsked;
  private long proposed;
  private RaftCore core;

  private void start(MemberId... voters) {
    core = NewCore.of(SELF, OPTIONS, voters);
  }

  /** A leader of a cluster of one. */
  private void lead() {
    start(SELF);
    tick(1);
    assertEquals(Role.LEADER, core.role());
  }

  /** A leader of two, whose follower acknowledges everything. */
  private void leadAnother() {
    start(SELF, OTHER);
    while (core.role() == Role.FOLLOWER) {
      tick(1);
    }
    hear(new RaftMessage.PreVoteResponse(core.term() + 1, true));
    hear(new RaftMessage.RequestVoteResponse(core.term(), true));
    assertEquals(Role.LEADER, core.role());
    acknowledge();
  }

  private void acknowledge() {
    hear(new AppendEntriesResponse(core.term(), core.lastPosition().index()));
  }

  private void hear(RaftMessage message) {
    core.step(new Input.PeerMessage(OTHER, message));
    settle();
  }

  private void tick(int ticks) {
    for (int i = 0; i < ticks; i++) {
      core.step(new Input.Tick(10, 0));
      settle();
    }
  }

  /** Carries out everything but snapshots. */
  private void settle() {
    for (List<Effect> effects = core.drain(); !effects.isEmpty(); effects = core.drain()) {
      for (Effect effect : effects) {
        switch (effect) {
          case Effect.Persist persist -> core.step(new Input.Persisted(persist.ticket()));
          case Effect.Apply(List<LogEntry> entries) ->
              core.step(new Input.Applied(entries.getLast().index()));
          case Effect.TakeSnapshot() -> snapshotsAsked++;
          case Effect.ProposalRefused refusal -> refused.add(refusal);
          case Effect.Send send -> sent.add(send);
          default -> {}
        }
      }
    }
  }

  private void propose(int commands) {
    for (int i = 0; i < commands; i++) {
      RequestId id = new RequestId(SELF, 1, ++proposed);
      core.step(new Input.Propose(core.term(), id, value()));
      settle();
    }
  }

  private static Bytes value() {
    return Bytes.adopt(new byte[VALUE_BYTES]);
  }

  private void saved(long index) {
    core.step(new Input.SnapshotSaved(core.describeSnapshot(index).orElseThrow(), SNAPSHOT_BYTES));
    settle();
  }

  @Test
  void aSnapshotIsDueAtHalfTheLimitHoweverFewTheEntriesAndLargeTheTree() {
    lead();
    saved(core.appliedIndex()); // of a tree that is larger than all the log may be
    propose(9);
    assertEquals(0, snapshotsAsked);
    propose(1);
    assertEquals(1, snapshotsAsked);
    long index = core.appliedIndex();
    propose(9);
    assertEquals(1, snapshotsAsked, "one at a time");
    saved(index);
    assertEquals(1, snapshotsAsked, "what came since is no half");
    propose(1);
    assertEquals(2, snapshotsAsked);
  }

  @Test
  void aLeaderWithAFullLogRefusesUntilASnapshotIsSaved() {
    lead();
    propose(100);
    assertFalse(refused.isEmpty());
    assertTrue(refused.stream().allMatch(each -> each.why() == Refusal.LOG_FULL), "" + refused);
    long taken = core.appliedIndex();
    assertTrue(taken <= 22, "took " + taken);
    refused.clear();
    saved(taken);
    propose(10);
    assertEquals(List.of(), refused);
    assertEquals(taken + 10, core.appliedIndex());
  }

  @Test
  void aFullLogLetsConfigurationsPass() {
    lead();
    propose(100);
    refused.clear();
    Membership.Member learner = new Membership.Member(OTHER, "", List.of("http://b:1"), true);
    core.step(
        new Input.ChangeMembership(
            core.term(), new RequestId(SELF, 1, ++proposed), new Membership.Change.Add(learner)));
    settle();
    assertEquals(List.of(), refused);
    assertTrue(core.membership().isLearner(OTHER));
  }

  @Test
  void aSnapshotThatFailedIsTriedAgainThoughNothingIsApplied() {
    lead();
    propose(100);
    assertEquals(1, snapshotsAsked);
    core.step(new Input.SnapshotFailed());
    settle();
    propose(1);
    assertEquals(1, snapshotsAsked, "not at once");
    tick(5 * OPTIONS.timing().electionTicks());
    assertEquals(2, snapshotsAsked);
    core.step(new Input.SnapshotFailed());
    core.step(new Input.DiskSpace(false));
    tick(10 * OPTIONS.timing().electionTicks());
    assertEquals(2, snapshotsAsked, "not while the disk is full");
    core.step(new Input.DiskSpace(true));
    tick(5 * OPTIONS.timing().electionTicks());
    assertEquals(3, snapshotsAsked);
  }

  @Test
  void aLeaderWithAFullLogHandsOverWhenItsSnapshotFails() {
    leadAnother();
    for (int i = 0; i < 30; i++) {
      propose(1);
      acknowledge();
    }
    assertEquals(Refusal.LOG_FULL, refused.getLast().why());
    assertEquals(List.of(), campaignOrders());
    core.step(new Input.SnapshotFailed());
    settle();
    assertEquals(List.of(OTHER), campaignOrders());
  }

  private List<MemberId> campaignOrders() {
    return sent.stream()
        .filter(send -> send.message() instanceof RaftMessage.TimeoutNow)
        .map(Effect.Send::to)
        .toList();
  }

  @Test
  void aFollowerTakesNoMoreThanTheLimitWhileItsSnapshotIsSlow() {
    start(SELF, OTHER);
    long last = follow(100, true);
    assertTrue(last <= 22, "took " + last);
    assertEquals(1, snapshotsAsked);
    saved(core.appliedIndex());
    assertEquals(last + 5, follow(5, true));
  }

  @Test
  void aFollowerTakesWhatCommitsTheRestOfAFullLog() {
    start(SELF, OTHER);
    settle();
    saved(1);
    long last = follow(50, false);
    assertEquals(51, last);
    core.step(new Input.PeerMessage(OTHER, new RaftMessage.Heartbeat(2, 1, last, 0)));
    settle();
    assertEquals(last, core.appliedIndex());
    assertEquals(last, follow(5, true), "full of what a snapshot sets free");
    saved(last);
    assertEquals(last + 5, follow(5, true));
  }

  @Test
  void aFollowerThatFillsUpAfterItsLastApplyAsksForASnapshot() {
    start(SELF, OTHER);
    follow(5, true);
    long last = follow(100, false);
    assertTrue(last <= 22, "took " + last);
    assertEquals(1, snapshotsAsked);
    saved(core.appliedIndex());
    assertEquals(last + 30, follow(30, false));
  }

  /** Sends one entry after the other; the index that is acknowledged in the end. */
  private long follow(int entries, boolean commits) {
    for (int i = 0; i < entries; i++) {
      LogPosition before = core.lastPosition();
      LogEntry entry =
          new LogEntry(
              new LogPosition(2, before.index() + 1),
              RequestId.NONE,
              Stamp.ZERO,
              new LogEntry.Payload.Command(value()));
      long commit = commits ? entry.index() : core.commitIndex();
      core.step(new Input.PeerMessage(OTHER, new AppendEntries(2, before, List.of(entry), commit)));
      settle();
    }
    return sent.stream()
        .filter(send -> send.message() instanceof AppendEntriesResponse)
        .mapToLong(send -> ((AppendEntriesResponse) send.message()).matchIndex())
        .max()
        .orElseThrow();
  }
}
