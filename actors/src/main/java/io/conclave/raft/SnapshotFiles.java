package io.conclave.raft;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import io.conclave.raft.peer.SnapshotSource;
import io.conclave.raft.peer.SnapshotTarget;
import java.io.IOException;
import java.util.Optional;

/**
 * The snapshots that this member has saved, for others to fetch, and the one that it fetches from
 * another. All of it may block; safe for several threads.
 */
public interface SnapshotFiles extends SnapshotSource, SnapshotTarget {
  /** What there is to fetch of the saved snapshot; empty if it is gone. */
  Optional<SnapshotOffer> offer(SnapshotMeta saved) throws IOException;

  /**
   * The tree of a snapshot that came completely and was found good.
   *
   * @throws IOException if it is not there or can't be read
   */
  KeySpace load(SnapshotMeta received) throws IOException;

  /** That snapshot was installed, or is of no use. */
  void discard(SnapshotMeta received) throws IOException;
}
