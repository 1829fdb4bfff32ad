package io.conclave.raft.peer;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import java.io.IOException;
import java.util.Optional;

/** Finished snapshot files, by what of them may be sent. May block. */
@FunctionalInterface
public interface SnapshotSource {
  /**
   * Bytes of the transferable part.
   *
   * @param length to read, less at the end
   * @return empty if there is no such snapshot (any more), or {@code offset} is not within it
   */
  Optional<Bytes> read(LogPosition snapshot, long offset, int length) throws IOException;
}
