package io.conclave.raft.peer;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import java.io.IOException;

/** Where a snapshot from another member is written. May block. */
@FunctionalInterface
public interface SnapshotTarget {
  /**
   * Goes on with the unfinished file of exactly this offer (position, size and checksum), or begins
   * a new one and deletes any other unfinished file.
   */
  Incoming open(SnapshotOffer offer) throws IOException;

  /** A snapshot on its way. */
  interface Incoming {
    /** Bytes that are here already. */
    long length();

    void append(Bytes chunk) throws IOException;

    /**
     * Makes the file durable and checks its size and checksum and that it can be loaded. One that
     * fails the check is deleted.
     *
     * @return whether it is good
     */
    boolean finish() throws IOException;

    /** Lets go of the file; it stays, to be continued. */
    void close() throws IOException;
  }
}
