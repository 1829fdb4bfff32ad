package io.conclave.persistence;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.SnapshotMeta;
import java.util.function.Consumer;

/**
 * What the journal actor hands to the snapshot store: a reference to an immutable tree, not its
 * bytes.
 */
record SnapshotHandle(SnapshotMeta meta, SnapshotOwner owner, Tree tree) {

  /** The tree, written when the store is ready for it, on a thread that may block. */
  @FunctionalInterface
  interface Tree {
    /** Passes the whole tree on, in pieces of any length; what {@code pieces} throws ends it. */
    void writeTo(Consumer<Bytes> pieces);
  }
}
