package io.conclave.raft.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.raft.core.RaftMessage.AppendEntriesResponse;
import io.conclave.raft.core.RaftMessage.HeartbeatResponse;
import io.conclave.raft.core.RaftMessage.TimeoutNow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A leader with a full disk leaves the lead to somebody who can use it, whoever that is. */
final class LeaderWithoutSpaceTest {
  private static final MemberId SELF = new MemberId(1);
  private static final MemberId SECOND = new MemberId(2);
  private static final MemberId THIRD = new MemberId(3);
  private static final int ELECTION_TICKS = RaftOptions.DEFAULT.timing().electionTicks();

  private final List<MemberId> told = new ArrayList<>();
  private RaftCore core;

  @BeforeEach
  void lead() {
    core = NewCore.of(SELF, RaftOptions.DEFAULT, SELF, SECOND, THIRD);
    while (core.role() == Role.FOLLOWER) {
      tick();
    }
    hear(SECOND, new RaftMessage.PreVoteResponse(core.term() + 1, true));
    hear(SECOND, new RaftMessage.RequestVoteResponse(core.term(), true));
    assertEquals(Role.LEADER, core.role());
    hear(SECOND, new AppendEntriesResponse(core.term(), core.lastPosition().index()));
    hear(THIRD, new AppendEntriesResponse(core.term(), core.lastPosition().index()));
  }

  @Test
  void triesTheOthersInTurnUntilOneTakesOver() {
    core.step(new Input.DiskSpace(false));
    settle();
    assertEquals(List.of(SECOND), told);
    electionTimeout();
    assertEquals(List.of(SECOND, THIRD), told);
    electionTimeout();
    assertEquals(List.of(SECOND, THIRD, SECOND), told);
  }

  @Test
  void stopsTryingWhenThereIsRoomAgain() {
    core.step(new Input.DiskSpace(false));
    core.step(new Input.DiskSpace(true));
    electionTimeout();
    electionTimeout();
    assertEquals(List.of(SECOND), told);
  }

  /** In which the others are heard of, but nobody campaigns. */
  private void electionTimeout() {
    for (int i = 0; i < ELECTION_TICKS; i++) {
      tick();
      hear(SECOND, new HeartbeatResponse(core.term(), 0));
      hear(THIRD, new HeartbeatResponse(core.term(), 0));
    }
  }

  private void tick() {
    core.step(new Input.Tick(10, 0));
    settle();
  }

  private void hear(MemberId from, RaftMessage message) {
    core.step(new Input.PeerMessage(from, message));
    settle();
  }

  private void settle() {
    for (List<Effect> effects = core.drain(); !effects.isEmpty(); effects = core.drain()) {
      for (Effect effect : effects) {
        switch (effect) {
          case Effect.Persist persist -> core.step(new Input.Persisted(persist.ticket()));
          case Effect.Apply(List<LogEntry> entries) ->
              core.step(new Input.Applied(entries.getLast().index()));
          case Effect.Send(MemberId to, TimeoutNow now) -> told.add(to);
          default -> {}
        }
      }
    }
  }
}
