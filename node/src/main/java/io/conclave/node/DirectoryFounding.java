package io.conclave.node;

import io.conclave.raft.Founding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Remembers in the identity file that the log has begun.
 *
 * @param bootstrap how the cluster begins, if the directory's cluster has not formed yet
 */
record DirectoryFounding(DataDirectory directory, Optional<Bootstrap> bootstrap)
    implements Founding {
  @Override
  public Beginning beginning() {
    return bootstrap
        .filter(_ -> !identity().formed())
        .<Beginning>map(first -> new Beginning.Found(first.membership()))
        .orElseGet(Beginning.Over::new);
  }

  @Override
  public void formed() {
    if (identity().formed()) {
      return;
    }
    try {
      directory.write(identity().asFormed());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the member's identity", e);
    }
  }

  private Identity identity() {
    return directory.identity().orElseThrow();
  }
}
