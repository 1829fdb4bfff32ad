package io.conclave.raft;

import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.PeerDirectory;
import io.conclave.raft.peer.PeerLane;
import io.conclave.raft.peer.PeerLink;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import java.util.List;
import java.util.Optional;

/**
 * What a leader has on its way to one follower: entries within a window, and the offer of a
 * snapshot, repeated until the follower fetches from it. What to send is the core's decision alone.
 *
 * <p>Has no clock: a transfer is looked after in ticks. Not thread-safe.
 */
public final class FollowerFeed {
  private final MemberId follower;
  private final PeerDirectory directory;
  private final ReplicationWindow window;
  private final int transferTicks;
  private Boot boot = Boot.NONE;
  private Optional<Transfer> transfer = Optional.empty();

  private record Transfer(SnapshotOffer offer, boolean begun, int silentTicks) {
    private LogPosition position() {
      return offer.meta().position();
    }
  }

  /**
   * @param windowBytesMax entries on their way
   * @param transferTicks without a fetch that end a transfer
   */
  public FollowerFeed(
      MemberId follower, PeerDirectory directory, long windowBytesMax, int transferTicks) {
    this.follower = follower;
    this.directory = directory;
    this.window = new ReplicationWindow(windowBytesMax);
    this.transferTicks = transferTicks;
  }

  /** False if these are entries that were not sent, because too many are on their way. */
  public boolean send(RaftMessage message) {
    Optional<PeerLink> link = link();
    if (link.isEmpty()) {
      return true;
    }
    switch (message) {
      case RaftMessage.AppendEntries append when !window.admit(append) -> {
        return false;
      }
      case RaftMessage.Heartbeat heartbeat -> link.get().send(heartbeat, directory.witnesses());
      default -> link.get().send(message, List.of());
    }
    return true;
  }

  /** The follower has everything up to {@code matchIndex}. */
  public void acknowledged(long matchIndex) {
    window.acknowledged(matchIndex);
    transfer = transfer.filter(current -> current.position().index() > matchIndex);
  }

  /** The core wants this snapshot streamed. */
  public void offer(SnapshotMeta meta, long sizeBytes, int crc32c) {
    SnapshotOffer offer = new SnapshotOffer(meta, sizeBytes, crc32c);
    transfer = Optional.of(new Transfer(offer, false, 0));
    window.clear();
    send(offer);
  }

  /** The follower fetched a chunk of it. */
  public void fetched(LogPosition snapshot) {
    transfer =
        transfer.map(
            current ->
                current.position().equals(snapshot)
                    ? new Transfer(current.offer(), true, 0)
                    : current);
  }

  /**
   * An offer may get lost; once it was taken up, the follower sees to the rest.
   *
   * @return true if the follower has stopped fetching, or never began: the transfer is over
   */
  public boolean tick() {
    if (transfer.isEmpty()) {
      return false;
    }
    Transfer last = transfer.get();
    Transfer current = new Transfer(last.offer(), last.begun(), last.silentTicks() + 1);
    if (current.silentTicks() >= transferTicks) {
      transfer = Optional.empty();
      return true;
    }
    transfer = Optional.of(current);
    if (!current.begun()) {
      send(current.offer());
    }
    return false;
  }

  private void send(SnapshotOffer offer) {
    link().ifPresent(link -> link.send(PeerLane.SNAPSHOT_RECEIVER, offer));
  }

  /** The way to the follower's present boot; what was on its way to an earlier one is gone. */
  private Optional<PeerLink> link() {
    Optional<PeerLink> link = directory.peer(follower).map(PeerDirectory.Peer::link);
    link.filter(current -> !current.boot().equals(boot))
        .ifPresent(
            current -> {
              boot = current.boot();
              window.clear();
            });
    return link;
  }
}
