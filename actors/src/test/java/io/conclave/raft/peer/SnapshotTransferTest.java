package io.conclave.raft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.core.SnapshotTransferState;
import io.conclave.raft.core.Stamp;
import io.conclave.raft.peer.PeerMessage.FetchChunk;
import io.conclave.raft.peer.PeerMessage.SnapshotGone;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

/** {@link SnapshotSender} and {@link SnapshotReceiver} together; the test is the network. */
final class SnapshotTransferTest {
  private static final int CHUNK = SnapshotTransferState.CHUNK_BYTES;
  private static final SnapshotTransferState.Timing TIMING =
      new SnapshotTransferState.Timing(2, 4, 20);

  private final LocalPeer leader = new LocalPeer(1);
  private final LocalPeer follower = new LocalPeer(2);
  private final Disk disk = new Disk();
  private final Map<LogPosition, Bytes> snapshots = new HashMap<>();
  private final TestInbox<SnapshotSender.Fetched> fetched = TestInbox.create();
  private final TestInbox<SnapshotReceiver.Received> received = TestInbox.create();
  private final PeerLink toFollower = leader.meet(follower);
  private final BehaviorTestKit<SnapshotSender.Command> sender =
      BehaviorTestKit.create(
          SnapshotSender.create(leader.directory(), this::read, fetched.getRef()));
  private final BehaviorTestKit<SnapshotReceiver.Command> receiver =
      BehaviorTestKit.create(
          SnapshotReceiver.create(
              follower.directory(), disk, Duration.ofMillis(100), TIMING, received.getRef()));

  @Test
  void aSnapshotArrivesWhole() {
    SnapshotOffer offer = offer(10, 9 * CHUNK + 77);
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, offer);
    exchange(50);
    assertEquals(
        new SnapshotReceiver.Received(leader.id(), offer.meta()), received.receiveMessage());
    assertEquals(snapshots.get(offer.meta().position()), disk.content());
    assertEquals(10, fetched.getAllReceived().size());
  }

  @Test
  void atMostFourChunksAreOutstanding() {
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, offer(10, 100 * CHUNK));
    deliverToReceiver();
    assertEquals(4, fetches().size());
  }

  @Test
  void aRepeatedOfferContinuesWithoutWaiting() {
    SnapshotOffer offer = offer(10, 9 * CHUNK);
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, offer);
    exchange(2);
    int before = disk.content().length();
    leader.received(PeerLane.SNAPSHOT_SENDER);
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, offer);
    exchange(50);
    assertTrue(before > 0 && before < 9 * CHUNK, "was at " + before);
    assertEquals(snapshots.get(offer.meta().position()), disk.content());
    assertEquals(1, disk.opened);
  }

  @Test
  void anInterruptedTransferIsResumedFromTheFile() {
    SnapshotOffer offer = offer(10, 9 * CHUNK);
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, offer);
    exchange(2);
    long before = disk.content().length();
    tick(20);
    assertTrue(disk.closed, "given up after a long silence");
    leader.received(PeerLane.SNAPSHOT_SENDER);
    fetched.getAllReceived();
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, offer);
    exchange(50);
    assertEquals(snapshots.get(offer.meta().position()), disk.content());
    assertEquals(before, fetched.getAllReceived().getFirst().offset());
  }

  @Test
  void lostChunksAreAskedForAgain() {
    SnapshotOffer offer = offer(10, 9 * CHUNK);
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, offer);
    Random random = new Random(1);
    for (int round = 0; round < 200 && !received.hasMessages(); round++) {
      deliverToReceiver();
      for (PeerEnvelope fetch : fetches()) {
        if (random.nextInt(3) > 0) {
          sender.run(fetch);
        }
      }
      tick(1);
    }
    assertEquals(snapshots.get(offer.meta().position()), disk.content());
    assertTrue(received.hasMessages());
  }

  @Test
  void aNewerOfferReplacesAnOlderAndNotTheOtherWayRound() {
    SnapshotOffer older = offer(10, 9 * CHUNK);
    SnapshotOffer newer = offer(20, 5 * CHUNK);
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, older);
    exchange(2);
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, newer);
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, older);
    exchange(50);
    assertEquals(newer.meta(), received.receiveMessage().meta());
    assertFalse(received.hasMessages());
    assertEquals(snapshots.get(newer.meta().position()), disk.content());
  }

  @Test
  void aSnapshotThatIsGoneEndsTheTransfer() {
    SnapshotOffer offer = offer(10, 9 * CHUNK);
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, offer);
    exchange(1);
    snapshots.clear();
    deliverToReceiver();
    fetches().forEach(sender::run);
    List<PeerEnvelope> answers = follower.received(PeerLane.SNAPSHOT_RECEIVER);
    assertEquals(new SnapshotGone(offer.meta().position()), answers.getFirst().message());
    answers.forEach(receiver::run);
    assertTrue(disk.closed);
    tick(10);
    assertEquals(List.of(), fetches());
  }

  @Test
  void aFileThatDoesNotVerifyIsNotReported() {
    disk.good = false;
    toFollower.send(PeerLane.SNAPSHOT_RECEIVER, offer(10, 3 * CHUNK));
    exchange(20);
    assertFalse(received.hasMessages());
  }

  @Test
  void anUnknownSnapshotIsAnsweredAsGone() {
    PeerLink toLeader = follower.directory().peer(leader.id()).orElseThrow().link();
    toLeader.send(PeerLane.SNAPSHOT_SENDER, new FetchChunk(new LogPosition(1, 1), 0));
    fetches().forEach(sender::run);
    assertEquals(
        new SnapshotGone(new LogPosition(1, 1)),
        follower.received(PeerLane.SNAPSHOT_RECEIVER).getFirst().message());
  }

  private void exchange(int rounds) {
    for (int round = 0; round < rounds; round++) {
      deliverToReceiver();
      fetches().forEach(sender::run);
    }
  }

  private void deliverToReceiver() {
    follower.received(PeerLane.SNAPSHOT_RECEIVER).forEach(receiver::run);
  }

  private List<PeerEnvelope> fetches() {
    return leader.received(PeerLane.SNAPSHOT_SENDER);
  }

  private void tick(int times) {
    for (int i = 0; i < times; i++) {
      receiver.run(SnapshotReceiver.Clock.TICK);
    }
  }

  private SnapshotOffer offer(long index, int sizeBytes) {
    LogPosition position = new LogPosition(3, index);
    byte[] content = new byte[sizeBytes];
    new Random(index).nextBytes(content);
    snapshots.put(position, Bytes.adopt(content));
    return new SnapshotOffer(
        new SnapshotMeta(position, Membership.EMPTY, 1, Stamp.ZERO), sizeBytes, (int) index);
  }

  private Optional<Bytes> read(LogPosition snapshot, long offset, int length) {
    return Optional.ofNullable(snapshots.get(snapshot))
        .map(all -> all.slice((int) offset, (int) Math.min(all.length(), offset + length)));
  }

  /** Keeps the unfinished file of one offer, as the real one does. */
  private static final class Disk implements SnapshotTarget, SnapshotTarget.Incoming {
    private ByteArrayOutputStream file = new ByteArrayOutputStream();
    private SnapshotOffer offer;
    private boolean good = true;
    private boolean closed;
    private int opened;

    @Override
    public Incoming open(SnapshotOffer next) {
      if (!next.equals(offer)) {
        file = new ByteArrayOutputStream();
      }
      offer = next;
      closed = false;
      opened++;
      return this;
    }

    private Bytes content() {
      return Bytes.adopt(file.toByteArray());
    }

    @Override
    public long length() {
      return file.size();
    }

    @Override
    public void append(Bytes chunk) {
      file.writeBytes(chunk.toArray());
    }

    @Override
    public boolean finish() {
      return good;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
