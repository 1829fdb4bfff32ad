package io.conclave.persistence;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.SnapshotFiles;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What leaves and reaches this member's snapshot directory by way of other members. */
final class TransferredSnapshots implements SnapshotFiles {
  private final ServedSnapshots served;
  private final ReceivedSnapshot received;

  TransferredSnapshots(Path directory, DiskReserve reserve) {
    this.served = new ServedSnapshots(directory);
    this.received = new ReceivedSnapshot(directory, reserve);
  }

  @Override
  public Optional<SnapshotOffer> offer(SnapshotMeta saved) throws IOException {
    return served.offer(saved.position());
  }

  @Override
  public Optional<Bytes> read(LogPosition snapshot, long offset, int length) throws IOException {
    return served.read(snapshot, offset, length);
  }

  @Override
  public Incoming open(SnapshotOffer offer) throws IOException {
    return received.open(offer);
  }

  @Override
  public KeySpace load(SnapshotMeta meta) throws IOException {
    return received.load(meta);
  }

  /** A member that starts again asks for no snapshot that came before. */
  void forgetReceived() {
    received.forget();
  }

  @Override
  public void discard(SnapshotMeta meta) throws IOException {
    received.discard(meta);
  }
}
