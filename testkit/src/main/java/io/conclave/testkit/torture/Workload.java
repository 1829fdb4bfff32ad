package io.conclave.testkit.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One kind of work that clients do while faults happen, and what must be true of their answers in
 * the end.
 */
interface Workload {
  String name();

  /** The clients; each runs on a thread of its own until that is interrupted or the pace ends. */
  List<Runnable> clients();

  /**
   * Lets clients come to an end that don't do so by themselves when the pace ends; called when all
   * faults are healed.
   *
   * @return what kept them from it
   */
  default Optional<String> settle() throws IOException, InterruptedException {
    return Optional.empty();
  }

  /** How often clients learned that a thing was done. */
  long acknowledged();

  /**
   * Looks at everything after all faults are healed and all clients have ended.
   *
   * @return what was violated, empty if nothing was
   */
  List<String> violations() throws IOException;

  /** Writes all that clients saw into files of this directory. */
  void keep(Path directory) throws IOException;
}
