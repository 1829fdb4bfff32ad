package io.conclave.raft.peer;

import java.io.IOException;

/**
 * Counts the starts of the Raft subtree on one data dir. Called once before each of them, also when
 * it starts again under supervision; may block.
 */
@FunctionalInterface
public interface BootCounter {
  /**
   * The next boot: its counter is higher than any before on this data dir, its nonce is random. The
   * counter is synced when this returns, for the first message of the boot leaves after that.
   */
  Boot next() throws IOException;
}
