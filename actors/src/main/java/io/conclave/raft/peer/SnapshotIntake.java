package io.conclave.raft.peer;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.SnapshotTransferState;
import io.conclave.raft.peer.PeerMessage.Chunk;
import io.conclave.raft.peer.PeerMessage.FetchChunk;
import io.conclave.raft.peer.PeerMessage.SnapshotGone;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import java.io.IOException;

/**
 * Which of the offered snapshots is fetched, and what is asked for (architecture §8.5). One
 * transfer at a time: a newer offer ends an older one, an equal one continues it.
 *
 * <p>Time is counted in ticks; only {@link SnapshotTarget} does I/O. After an {@link IOException}
 * the transfer is over. Not thread-safe.
 */
public final class SnapshotIntake {
  private final PeerDirectory directory;
  private final SnapshotTarget target;
  private final SnapshotTransferState.Timing timing;
  private final Listener listener;
  private Transfer transfer;

  /** Told how a transfer ended that brought all bytes. */
  public interface Listener {
    /** The whole snapshot is on disk and checked. */
    void received(MemberId from, SnapshotOffer offer);

    /** What came is not what was offered. */
    void unverified(MemberId from, SnapshotOffer offer);
  }

  private record Transfer(
      MemberId from,
      SnapshotOffer offer,
      SnapshotTransferState state,
      SnapshotTarget.Incoming file) {
    private LogPosition position() {
      return offer.meta().position();
    }
  }

  public SnapshotIntake(
      PeerDirectory directory,
      SnapshotTarget target,
      SnapshotTransferState.Timing timing,
      Listener listener) {
    this.directory = directory;
    this.target = target;
    this.timing = timing;
    this.listener = listener;
  }

  /** An accepted message of {@code from}; other kinds are ignored. */
  public void received(MemberId from, PeerMessage message) throws IOException {
    switch (message) {
      case SnapshotOffer offer -> offered(from, offer);
      case Chunk chunk -> received(from, chunk);
      case SnapshotGone(LogPosition position) when isCurrent(from, position) -> end();
      default -> {}
    }
  }

  private void offered(MemberId from, SnapshotOffer offer) throws IOException {
    if (transfer != null && transfer.offer().equals(offer) && transfer.from().equals(from)) {
      transfer.state().resume();
      fetch();
      return;
    }
    if (transfer != null && transfer.position().index() > offer.meta().position().index()) {
      return;
    }
    end();
    SnapshotTarget.Incoming file = target.open(offer);
    var state = new SnapshotTransferState(offer.sizeBytes(), file.length(), timing);
    transfer = new Transfer(from, offer, state, file);
    progress();
  }

  private void received(MemberId from, Chunk chunk) throws IOException {
    if (isCurrent(from, chunk.snapshot())) {
      for (Bytes bytes : transfer.state().received(chunk.offset(), chunk.bytes())) {
        transfer.file().append(bytes);
      }
      progress();
    }
  }

  /** Asks again for what has not come, or gives up. */
  public void tick() throws IOException {
    if (transfer != null) {
      transfer.state().tick();
      if (transfer.state().isGivenUp()) {
        end();
      } else {
        fetch();
      }
    }
  }

  private void progress() throws IOException {
    if (!transfer.state().isComplete()) {
      fetch();
      return;
    }
    Transfer done = transfer;
    transfer = null;
    if (done.file().finish()) {
      listener.received(done.from(), done.offer());
    } else {
      listener.unverified(done.from(), done.offer());
    }
  }

  private void fetch() {
    directory
        .peer(transfer.from())
        .map(PeerDirectory.Peer::link)
        .ifPresent(link -> transfer.state().fetches().forEach(offset -> fetch(link, offset)));
  }

  private void fetch(PeerLink link, long offset) {
    link.send(PeerLane.SNAPSHOT_SENDER, new FetchChunk(transfer.position(), offset));
  }

  private boolean isCurrent(MemberId from, LogPosition snapshot) {
    return transfer != null && transfer.from().equals(from) && transfer.position().equals(snapshot);
  }

  /** Lets go of the file, which can be continued later. */
  public void end() throws IOException {
    if (transfer != null) {
      SnapshotTarget.Incoming file = transfer.file();
      transfer = null;
      file.close();
    }
  }
}
