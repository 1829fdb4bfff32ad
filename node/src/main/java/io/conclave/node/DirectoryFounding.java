package io.conclave.node;

import io.conclave.raft.Founding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Remembers in the identity file that the log has begun.
 *
 * @param bootstrap how the member begins, if the directory was empty
 */
record DirectoryFounding(DataDirectory directory, Optional<Bootstrap> bootstrap)
    implements Founding {
  @Override
  public Beginning beginning() {
    if (identity().formed()) {
      return new Beginning.Over();
    }
    if (identity().joined()) {
      return new Beginning.Join();
    }
    return bootstrap
        .flatMap(Bootstrap::founders)
        .<Beginning>map(Beginning.Found::new)
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
