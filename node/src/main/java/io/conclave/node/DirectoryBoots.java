package io.conclave.node;

import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.BootCounter;
import java.io.IOException;
import java.util.random.RandomGenerator;

/**
 * Keeps the count of starts in the identity file.
 *
 * @param random unpredictable
 */
record DirectoryBoots(DataDirectory directory, RandomGenerator random) implements BootCounter {
  @Override
  public Boot next() throws IOException {
    directory.write(directory.identity().orElseThrow().booted());
    return new Boot(directory.identity().orElseThrow().boot(), random.nextLong());
  }
}
