package io.conclave.node;

import java.util.Optional;

/** Runs a member whose settings, ports and directory were checked. */
final class NodeGuardian {
  private NodeGuardian() {}

  /**
   * Starts the member.
   *
   * @param directory locked, with an identity
   * @param bootstrap how the cluster begins, if the directory's cluster has not formed yet
   */
  static void start(NodeSettings settings, DataDirectory directory, Optional<Bootstrap> bootstrap)
      throws StartRefused {
    throw StartRefused.because(
        "serving as member %s: not implemented yet",
        directory.identity().map(Identity::member).orElseThrow());
  }
}
