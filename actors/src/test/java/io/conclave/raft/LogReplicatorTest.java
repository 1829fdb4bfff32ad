package io.conclave.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.core.Stamp;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.Incarnation;
import io.conclave.raft.peer.LocalPeer;
import io.conclave.raft.peer.PeerEnvelope;
import io.conclave.raft.peer.PeerLane;
import io.conclave.raft.peer.PeerMessage;
import io.conclave.raft.peer.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

final class LogReplicatorTest {
  private static final int WINDOW_BYTES = 1000;
  private static final LogReplicator.Offer OFFER =
      new LogReplicator.Offer(
          new SnapshotMeta(new LogPosition(2, 50), Membership.EMPTY, 1, Stamp.ZERO), 999, 7);

  private final LocalPeer leader = new LocalPeer(1);
  private final LocalPeer follower = new LocalPeer(2);
  private final TestInbox<LogReplicator.Event> member = TestInbox.create();
  private final BehaviorTestKit<LogReplicator.Command> replicator =
      BehaviorTestKit.create(
          LogReplicator.create(
              follower.id(),
              leader.directory(),
              new LogReplicator.Limits(WINDOW_BYTES, Duration.ofSeconds(1), 3),
              member.getRef()));

  @Test
  void sendsNothingToAFollowerThatIsNotKnownYet() {
    send(append(0, 10));
    assertEquals(List.of(), received());
    assertFalse(member.hasMessages());
  }

  @Test
  void sendsWhatTheCoreSays() {
    leader.meet(follower);
    RaftMessage append = append(0, 10);
    send(append);
    assertEquals(List.of(append), received());
  }

  @Test
  void dropsAndTellsWhatDoesNotFitIntoTheWindow() {
    leader.meet(follower);
    send(append(0, 400));
    send(append(1, 400));
    assertEquals(1, received().size());
    assertEquals(new LogReplicator.Event.Dropped(follower.id()), member.receiveMessage());
  }

  @Test
  void anAcknowledgementMakesRoom() {
    leader.meet(follower);
    send(append(0, 400));
    replicator.run(new LogReplicator.Acknowledged(1));
    send(append(1, 400));
    assertEquals(2, received().size());
  }

  @Test
  void goingBackBeginsAnew() {
    leader.meet(follower);
    send(append(0, 400));
    send(append(0, 400));
    assertEquals(2, received().size());
  }

  @Test
  void aSingleLargerMessagePasses() {
    leader.meet(follower);
    send(append(0, 5 * WINDOW_BYTES));
    assertEquals(1, received().size());
  }

  @Test
  void heartbeatsAndProbesAlwaysPass() {
    leader.meet(follower);
    send(append(0, 900));
    RaftMessage probe = new RaftMessage.AppendEntries(1, new LogPosition(1, 1), List.of(), 0);
    RaftMessage heartbeat = new RaftMessage.Heartbeat(1, 1, 0, 0);
    send(probe);
    send(heartbeat);
    List<RaftMessage> received = received();
    assertEquals(List.of(probe, heartbeat), received.subList(1, 3));
  }

  @Test
  void heartbeatsCarryWhatTheLeaderKnowsOfAll() {
    leader.meet(follower);
    Witness witness = new Witness(follower.id(), new Incarnation(2, 2), new Boot(1, 7), 30, 20);
    leader.publish(List.of(witness));
    RaftMessage heartbeat = new RaftMessage.Heartbeat(1, 1, 0, 0);
    send(heartbeat);
    assertEquals(
        new PeerMessage.Raft(heartbeat, List.of(witness)),
        follower.received(PeerLane.MEMBER).getFirst().message());
  }

  @Test
  void whatWasOnItsWayToAnEarlierBootIsForgotten() {
    leader.meet(follower);
    send(append(0, 900));
    follower.restart();
    leader.meet(follower);
    send(append(1, 900));
    assertEquals(2, received().size());
  }

  @Test
  void offersASnapshotUntilItIsTakenUpAndThenWaits() {
    leader.meet(follower);
    replicator.run(OFFER);
    assertEquals(1, offers());
    tick();
    assertEquals(1, offers());
    replicator.run(new LogReplicator.Fetched(new LogPosition(2, 50)));
    tick();
    tick();
    assertEquals(0, offers());
    assertFalse(member.hasMessages());
    tick();
    assertEquals(new LogReplicator.Event.TransferEnded(follower.id()), member.receiveMessage());
    tick();
    assertFalse(member.hasMessages());
  }

  @Test
  void aTransferLastsAsLongAsChunksAreFetched() {
    leader.meet(follower);
    replicator.run(OFFER);
    for (int i = 0; i < 20; i++) {
      replicator.run(new LogReplicator.Fetched(new LogPosition(2, 50)));
      tick();
      tick();
    }
    assertFalse(member.hasMessages());
  }

  @Test
  void anAcknowledgementOfTheSnapshotEndsTheTransferQuietly() {
    leader.meet(follower);
    replicator.run(OFFER);
    replicator.run(new LogReplicator.Acknowledged(50));
    for (int i = 0; i < 10; i++) {
      tick();
    }
    assertFalse(member.hasMessages());
    assertEquals(1, offers());
  }

  @Test
  void aFollowerThatIsNotThereEndsTheTransferToo() {
    replicator.run(OFFER);
    tick();
    tick();
    tick();
    assertEquals(new LogReplicator.Event.TransferEnded(follower.id()), member.receiveMessage());
  }

  private void send(RaftMessage message) {
    replicator.run(new LogReplicator.Send(message));
  }

  private void tick() {
    replicator.run(LogReplicator.Clock.TICK);
  }

  private int offers() {
    return follower.received(PeerLane.SNAPSHOT_RECEIVER).size();
  }

  private List<RaftMessage> received() {
    List<RaftMessage> messages = new ArrayList<>();
    for (PeerEnvelope envelope : follower.received(PeerLane.MEMBER)) {
      messages.add(((PeerMessage.Raft) envelope.message()).message());
    }
    return messages;
  }

  private static RaftMessage append(long before, int bytes) {
    LogEntry entry =
        new LogEntry(
            new LogPosition(1, before + 1),
            RequestId.NONE,
            Stamp.ZERO,
            new LogEntry.Payload.Command(Bytes.adopt(new byte[bytes])));
    return new RaftMessage.AppendEntries(1, new LogPosition(1, before), List.of(entry), 0);
  }
}
