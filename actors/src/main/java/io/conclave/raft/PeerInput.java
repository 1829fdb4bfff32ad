package io.conclave.raft;

import io.conclave.raft.peer.FromPeer;
import io.conclave.raft.peer.PeerEnvelope;
import io.conclave.raft.peer.PeerRegistry;
import io.conclave.raft.peer.SnapshotReceiver;
import io.conclave.raft.peer.SnapshotSender;

/** What comes to the member from or about its peers; {@link PeerTraffic} deals with it. */
sealed interface PeerInput extends RaftMember.Command {
  record Outside(PeerEnvelope envelope) implements PeerInput {}

  /** Too large to come in one envelope. */
  record Whole(FromPeer message) implements PeerInput {}

  record Met(PeerRegistry.Met peer) implements PeerInput {}

  record Received(SnapshotReceiver.Received snapshot) implements PeerInput {}

  record Fetched(SnapshotSender.Fetched chunk) implements PeerInput {}

  record Replicated(LogReplicator.Event event) implements PeerInput {}
}
