package io.conclave.raft.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.RaftMessage.AppendEntries;
import io.conclave.raft.core.RaftMessage.AppendEntriesResponse;
import io.conclave.raft.core.RaftMessage.ForwardedChange;
import io.conclave.raft.core.RaftMessage.ForwardedProposals;
import io.conclave.raft.core.RaftMessage.Heartbeat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A follower whose disk is nearly full, or stands still for hours because there is no room. */
final class DiskSpaceTest {
  private static final MemberId SELF = new MemberId(1);
  private static final MemberId LEADER = new MemberId(2);
  private static final RequestId ID = new RequestId(SELF, 1, 1);
  private static final long TERM = 5;

  private final List<Effect.ProposalRefused> refused = new ArrayList<>();
  private final List<RaftMessage> sent = new ArrayList<>();
  private Optional<Effect.Persist> persisting = Optional.empty();
  private RaftCore core;

  @BeforeEach
  void follow() {
    core = NewCore.of(SELF, RaftOptions.DEFAULT, SELF, LEADER, new MemberId(3));
    hear(new Heartbeat(TERM, 1, 1, 0));
  }

  @Test
  void refusesAtOnceWhatItWouldNeverSeeApplied() {
    space(false);
    propose();
    change();
    assertEquals(List.of(Refusal.NO_SPACE, Refusal.NO_SPACE), reasons());
    assertTrue(sent.stream().noneMatch(DiskSpaceTest::isForwarded), "sent " + sent);
  }

  @Test
  void passesProposalsOnAgainWhenThereIsRoom() {
    space(false);
    space(true);
    propose();
    change();
    assertEquals(List.of(), reasons());
    assertEquals(2, sent.stream().filter(DiskSpaceTest::isForwarded).count());
  }

  @Test
  void aProposalForAnotherTermIsToBeTriedAgain() {
    space(false);
    core.step(new Input.Propose(TERM - 1, ID, Bytes.EMPTY));
    settle();
    assertEquals(List.of(Refusal.NOT_LEADER), reasons());
  }

  /** A leader repeats itself ten times a second, and the disk may be full for days. */
  @Test
  void promisesTheSameOnlyOnceHoweverLongTheDiskStandsStill() {
    assertTrue(persisting.isPresent(), "the term is on its way");
    for (int i = 0; i < 1000; i++) {
      hear(new AppendEntries(TERM, core.lastPosition(), List.of(), 1));
    }
    assertEquals(0, acknowledgements());
    core.step(new Input.Persisted(persisting.get().ticket()));
    settle();
    assertEquals(1, acknowledgements());
    hear(new AppendEntries(TERM, core.lastPosition(), List.of(), 1));
    assertEquals(2, acknowledgements());
  }

  private long acknowledgements() {
    return sent.stream().filter(AppendEntriesResponse.class::isInstance).count();
  }

  private static boolean isForwarded(RaftMessage message) {
    return message instanceof ForwardedProposals || message instanceof ForwardedChange;
  }

  private List<Refusal> reasons() {
    return refused.stream().map(Effect.ProposalRefused::why).toList();
  }

  private void space(boolean enough) {
    core.step(new Input.DiskSpace(enough));
    settle();
  }

  private void propose() {
    core.step(new Input.Propose(TERM, ID, Bytes.EMPTY));
    settle();
  }

  private void change() {
    core.step(new Input.ChangeMembership(TERM, ID, new Membership.Change.Remove(LEADER)));
    settle();
  }

  private void hear(RaftMessage message) {
    core.step(new Input.PeerMessage(LEADER, message));
    settle();
  }

  private void settle() {
    for (Effect effect : core.drain()) {
      switch (effect) {
        case Effect.Send send -> sent.add(send.message());
        case Effect.ProposalRefused refusal -> refused.add(refusal);
        case Effect.Persist persist -> persisting = Optional.of(persist);
        default -> {}
      }
    }
  }
}
