package io.conclave.raft.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.ProposalTracker.Failed;
import io.conclave.raft.core.ProposalTracker.Failure;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ProposalTrackerTest {
  private static final MemberId SELF = new MemberId(1);
  private static final MemberId LEADER = new MemberId(2);
  private static final Bytes COMMAND = Bytes.utf8("put");

  private final ProposalTracker<String> tracker = new ProposalTracker<>(SELF, 77, 2, 1000);

  private void leads(long term) {
    tracker.roleChanged(new Effect.RoleChanged(Role.FOLLOWER, term, LEADER));
  }

  private void nobodyLeads(long term) {
    tracker.roleChanged(new Effect.RoleChanged(Role.FOLLOWER, term, MemberId.NONE));
  }

  private Input.Propose onlyAttempt() {
    List<Input> attempts = tracker.attempts();
    assertEquals(1, attempts.size());
    return (Input.Propose) attempts.getFirst();
  }

  private Optional<String> apply(long term, long index, RequestId id) {
    return tracker
        .attachReplies(List.of(Entries.command(term, index, id, "put")))
        .getFirst()
        .reply();
  }

  @Test
  void holdsAProposalUntilThereIsALeader() {
    tracker.propose(COMMAND, "client", 100);
    assertEquals(List.of(), tracker.attempts());
    leads(3);
    Input.Propose attempt = onlyAttempt();
    assertEquals(3, attempt.term());
    assertEquals(Optional.of("client"), apply(3, 9, attempt.id()));
    assertEquals(0, tracker.size());
  }

  @Test
  void anAttemptIsMadeOnce() {
    leads(3);
    tracker.propose(COMMAND, "client", 100);
    onlyAttempt();
    assertEquals(List.of(), tracker.attempts());
    nobodyLeads(4);
    leads(5);
    assertEquals(List.of(), tracker.attempts());
  }

  @Test
  void refusedAttemptIsMadeAgainUnderAnotherName() {
    leads(3);
    tracker.propose(COMMAND, "client", 100);
    RequestId first = onlyAttempt().id();
    tracker.refused(new Effect.ProposalRefused(first, 3, Refusal.NOT_LEADER));
    assertEquals(List.of(), tracker.attempts());
    leads(4);
    RequestId second = onlyAttempt().id();
    assertNotEquals(first, second);
    tracker.refused(new Effect.ProposalRefused(first, 3, Refusal.NOT_LEADER));
    tracker.retry();
    assertEquals(List.of(), tracker.attempts());
    assertEquals(Optional.of("client"), apply(4, 9, second));
  }

  @Test
  void leaderThatHandsOverIsAskedAgainLater() {
    leads(3);
    tracker.propose(COMMAND, "client", 100);
    RequestId id = onlyAttempt().id();
    tracker.refused(new Effect.ProposalRefused(id, 3, Refusal.TRANSFERRING));
    assertEquals(List.of(), tracker.attempts());
    tracker.retry();
    assertEquals(3, onlyAttempt().term());
  }

  @Test
  void refusalThatComesAfterTheNextLeaderIsTriedWithThatOne() {
    leads(3);
    tracker.propose(COMMAND, "client", 100);
    RequestId id = onlyAttempt().id();
    leads(4);
    tracker.refused(new Effect.ProposalRefused(id, 3, Refusal.TRANSFERRING));
    assertEquals(4, onlyAttempt().term());
  }

  @Test
  void attemptOfAnEarlierTermIsCertainlyLostOnceALaterTermIsApplied() {
    leads(3);
    tracker.propose(COMMAND, "client", 100);
    onlyAttempt();
    nobodyLeads(4);
    leads(5);
    assertEquals(Optional.empty(), apply(3, 9, RequestId.NONE));
    assertEquals(List.of(), tracker.attempts());
    assertEquals(Optional.empty(), apply(5, 10, RequestId.NONE));
    assertEquals(5, onlyAttempt().term());
  }

  @Test
  void entryOfAnEarlierBootAnswersNobody() {
    leads(3);
    tracker.propose(COMMAND, "client", 100);
    RequestId id = onlyAttempt().id();
    assertEquals(Optional.empty(), apply(3, 9, new RequestId(SELF, 76, id.counter())));
    assertEquals(Optional.empty(), apply(3, 10, new RequestId(LEADER, 77, id.counter())));
    assertEquals(Optional.of("client"), apply(3, 11, id));
  }

  @Test
  void snapshotMakesEveryAttemptUnknownButNotWhatIsHeld() {
    leads(3);
    tracker.propose(COMMAND, "attempted", 100);
    onlyAttempt();
    nobodyLeads(4);
    tracker.propose(COMMAND, "held", 100);
    tracker.snapshotInstalled();
    assertEquals(
        List.of(new Failed<>("attempted", new Failure.Unknown(false, true))), tracker.expire(0));
    leads(5);
    assertEquals(5, onlyAttempt().term());
  }

  @Test
  void deadlineOfAnAttemptIsUnknownAndThatOfAHeldOneIsNot() {
    tracker.propose(COMMAND, "held", 100);
    assertEquals(List.of(), tracker.expire(99));
    assertEquals(
        List.of(new Failed<>("held", new Failure.NotTaken(false, false))), tracker.expire(100));
    leads(3);
    tracker.propose(COMMAND, "attempted", 100);
    onlyAttempt();
    Failed<String> failed = tracker.expire(100).getFirst();
    assertEquals(new Failure.Unknown(false, false), failed.failure());
    assertEquals("etcdserver: request timed out", failed.failure().cause());
  }

  @Test
  void causeTellsThatTheLeaderChanged() {
    leads(3);
    tracker.propose(COMMAND, "client", 100);
    onlyAttempt();
    nobodyLeads(4);
    assertEquals(1, tracker.size());
    leads(4);
    assertEquals(
        "etcdserver: request timed out, possibly due to previous leader failure",
        tracker.expire(100).getFirst().failure().cause());
  }

  @Test
  void causeTellsThatTheConnectionWasLost() {
    leads(3);
    tracker.propose(COMMAND, "client", 100);
    onlyAttempt();
    nobodyLeads(3);
    assertEquals(
        "etcdserver: request timed out, possibly due to connection lost",
        tracker.expire(100).getFirst().failure().cause());
  }

  @Test
  void refusalThatWaitingDoesNotCureIsToldAtOnce() {
    leads(3);
    tracker.propose(COMMAND, "client", 100);
    RequestId id = onlyAttempt().id();
    tracker.refused(new Effect.ProposalRefused(id, 3, Refusal.NO_SPACE));
    Failed<String> failed = tracker.expire(0).getFirst();
    assertEquals("no space", failed.failure().cause());
    assertEquals(0, tracker.size());
  }

  @Test
  void takesNoMoreThanItsLimits() {
    assertTrue(tracker.propose(COMMAND, "first", 100));
    assertTrue(tracker.propose(COMMAND, "second", 100));
    assertFalse(tracker.propose(COMMAND, "third", 100));
    ProposalTracker<String> narrow = new ProposalTracker<>(SELF, 77, 100, 5);
    assertTrue(narrow.propose(COMMAND, "first", 100));
    assertFalse(narrow.propose(COMMAND, "second", 100));
  }

  @Test
  void whateverWaitsIsGivenUpTogether() {
    leads(3);
    tracker.propose(COMMAND, "parked", 100);
    tracker.refused(new Effect.ProposalRefused(onlyAttempt().id(), 3, Refusal.TRANSFERRING));
    tracker.propose(COMMAND, "held", 100);
    assertEquals(List.of("held", "parked"), tracker.abandon().stream().sorted().toList());
    assertEquals(0, tracker.size());
  }
}
