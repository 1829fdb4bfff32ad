package io.conclave.testkit.sim;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.SnapshotTransferState;
import io.conclave.raft.peer.BulkIntake;
import io.conclave.raft.peer.PeerDirectory;
import io.conclave.raft.peer.PeerEnvelope;
import io.conclave.raft.peer.PeerEnvelopeCodec;
import io.conclave.raft.peer.PeerInbox;
import io.conclave.raft.peer.PeerLane;
import io.conclave.raft.peer.PeerMessage;
import io.conclave.raft.peer.PeerMessage.Chunk;
import io.conclave.raft.peer.PeerMessage.FetchChunk;
import io.conclave.raft.peer.PeerMessage.Piece;
import io.conclave.raft.peer.PeerMessage.Raft;
import io.conclave.raft.peer.PeerMessage.SnapshotGone;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import io.conclave.raft.peer.SnapshotIntake;
import io.conclave.testkit.sim.SimNetwork.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The actors that stand between a member and the network, in one life of a process: inbox,
 * assembler of pieces, sender and receiver of snapshots. What they decide is the real code.
 */
final class SimPeers implements SnapshotIntake.Listener {
  private static final SnapshotTransferState.Timing TRANSFER =
      new SnapshotTransferState.Timing(2, 8, 20);

  private final SimHost host;
  private final SimMember member;
  private final PeerDirectory directory;
  private final SimRegistry registry;
  private final SnapshotIntake snapshots;
  private final BulkIntake bulk = new BulkIntake(BulkIntake.Limits.DEFAULT);
  private final PeerInbox memberInbox;
  private final PeerInbox bulkInbox;
  private final PeerInbox senderInbox;
  private final PeerInbox receiverInbox;

  SimPeers(SimHost host, SimMember member, PeerDirectory directory, SimRegistry registry) {
    this.host = host;
    this.member = member;
    this.directory = directory;
    this.registry = registry;
    this.snapshots = new SnapshotIntake(directory, host.disk().snapshots, TRANSFER, this);
    this.memberInbox = new PeerInbox(directory);
    this.bulkInbox = new PeerInbox(directory);
    this.senderInbox = new PeerInbox(directory);
    this.receiverInbox = new PeerInbox(directory);
  }

  void send(MemberId to, RaftMessage message) {
    directory.peer(to).ifPresent(peer -> peer.link().send(message));
  }

  /** Asks again for chunks that did not come. */
  void fetchAgain() {
    try {
      snapshots.tick();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Something came for an actor of this process. */
  void arrived(Channel channel, Bytes bytes) {
    PeerEnvelope envelope = PeerEnvelopeCodec.decode(bytes);
    MemberId from = envelope.origin().member();
    switch (channel) {
      case REGISTRY -> registry.received(envelope);
      case MEMBER -> {
        if (memberInbox.accept(envelope) && envelope.message() instanceof Raft raft) {
          if (!raft.witnesses().isEmpty()) {
            registry.heard(raft.witnesses());
          }
          member.receive(from, raft.message());
        }
      }
      case BULK -> {
        if (bulkInbox.accept(envelope) && envelope.message() instanceof Piece piece) {
          bulk.add(envelope.origin(), piece).ifPresent(whole -> member.receive(from, whole));
        }
      }
      case SNAPSHOT_SENDER -> {
        if (senderInbox.accept(envelope) && envelope.message() instanceof FetchChunk fetch) {
          fetched(from, fetch);
        }
      }
      case SNAPSHOT_RECEIVER -> {
        if (receiverInbox.accept(envelope)) {
          fetching(from, envelope.message());
        }
      }
    }
  }

  private void fetched(MemberId by, FetchChunk fetch) {
    LogPosition position = fetch.snapshot();
    member.fetched(by, position);
    PeerMessage answer =
        host.disk()
            .snapshots
            .read(position, fetch.offset(), SnapshotTransferState.CHUNK_BYTES)
            .<PeerMessage>map(bytes -> new Chunk(position, fetch.offset(), bytes))
            .orElseGet(() -> new SnapshotGone(position));
    if (answer instanceof SnapshotGone) {
      host.count(Happening.SNAPSHOT_GONE);
    }
    directory.peer(by).ifPresent(peer -> peer.link().send(PeerLane.SNAPSHOT_RECEIVER, answer));
  }

  private void fetching(MemberId from, PeerMessage message) {
    try {
      snapshots.received(from, message);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void received(MemberId from, SnapshotOffer offer) {
    member.snapshotReceived(offer.meta());
  }

  @Override
  public void unverified(MemberId from, SnapshotOffer offer) {}
}
