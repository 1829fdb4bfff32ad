package io.conclave.raft.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a follower deals with snapshots that arrive, in whatever order and number. */
final class SnapshotsTest {
  private static final MemberId SELF = new MemberId(1);
  private static final MemberId LEADER = new MemberId(2);
  private static final Membership MEMBERS =
      Membership.of(
          List.of(
              new Membership.Member(SELF, "one", List.of("http://one:2380"), false),
              new Membership.Member(LEADER, "two", List.of("http://two:2380"), false)));

  private final RaftCore core =
      new RaftCore(SELF, RaftOptions.DEFAULT, recovered(), new SplittableRandom(1));
  private final List<Long> tickets = new ArrayList<>();

  private static RecoveredState recovered() {
    JournalEvent.Appended first = FirstEntry.event(MEMBERS.members().values());
    return new RecoveredState(
        first.hardState(), Optional.empty(), first.before(), first.entries(), 0);
  }

  private static SnapshotMeta meta(long index, long clusterTime) {
    return new SnapshotMeta(new LogPosition(2, index), MEMBERS, 7, new Stamp(clusterTime, 0));
  }

  /** Follows a leader of a new term, which the journal is still busy with. */
  @BeforeEach
  void follow() {
    core.step(new Input.PeerMessage(LEADER, new RaftMessage.Heartbeat(2, 1, 0, 0)));
    assertEquals(List.of(), aboutSnapshots());
    assertEquals(1, tickets.size());
  }

  private List<Effect> aboutSnapshots() {
    List<Effect> effects = new ArrayList<>();
    for (Effect effect : core.drain()) {
      if (effect instanceof Effect.Persist persist) {
        tickets.add(persist.ticket());
      } else if (effect instanceof Effect.InstallSnapshot
          || effect instanceof Effect.DropSnapshot) {
        effects.add(effect);
      }
    }
    return effects;
  }

  private void received(SnapshotMeta meta) {
    core.step(new Input.SnapshotReceived(meta));
  }

  @Test
  void waitsForTheJournalToBeQuiet() {
    SnapshotMeta meta = meta(10, 100);
    received(meta);
    assertEquals(List.of(), aboutSnapshots());
    core.step(new Input.Persisted(tickets.removeFirst()));
    assertEquals(
        List.of(new Effect.InstallSnapshot(meta, new HardState(2, MemberId.NONE, 10))),
        aboutSnapshots());
  }

  /** Another leader may have sent the same one; the file that is needed must stay. */
  @Test
  void theSameSnapshotMayComeAgainWhileItWaits() {
    SnapshotMeta meta = meta(10, 100);
    received(meta);
    received(meta(10, 120));
    assertEquals(List.of(), aboutSnapshots());
    core.step(new Input.Persisted(tickets.removeFirst()));
    assertEquals(1, aboutSnapshots().size());
    received(meta);
    assertEquals(List.of(), aboutSnapshots());
    core.step(new Input.SnapshotInstalled(meta, 1));
    assertEquals(10, core.commitIndex());
    received(meta);
    assertEquals(List.of(new Effect.DropSnapshot(meta)), aboutSnapshots());
  }

  /** The log ends there already, but a crash in between would bring the old one back. */
  @Test
  void nothingInTheSnapshotIsAcknowledgedBeforeItIsInstalled() {
    SnapshotMeta meta = meta(10, 100);
    received(meta);
    core.step(new Input.Persisted(tickets.removeFirst()));
    assertEquals(1, aboutSnapshots().size());
    core.step(
        new Input.PeerMessage(
            LEADER, new RaftMessage.AppendEntries(2, meta.position(), List.of(), 10)));
    assertEquals(List.of(), acknowledged());
    core.step(new Input.SnapshotInstalled(meta, 1));
    assertEquals(List.of(10L), acknowledged().stream().distinct().toList());
  }

  private List<Long> acknowledged() {
    return core.drain().stream()
        .filter(Effect.Send.class::isInstance)
        .map(effect -> ((Effect.Send) effect).message())
        .filter(RaftMessage.AppendEntriesResponse.class::isInstance)
        .map(message -> ((RaftMessage.AppendEntriesResponse) message).matchIndex())
        .toList();
  }

  @Test
  void anotherOneIsDroppedWhileOneWaits() {
    received(meta(10, 100));
    SnapshotMeta other = meta(12, 100);
    received(other);
    assertEquals(List.of(new Effect.DropSnapshot(other)), aboutSnapshots());
  }
}
