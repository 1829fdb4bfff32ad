package io.conclave.node;

import io.conclave.raft.ExitHandler;

/** What ends a member for a reason of its own; whoever runs it decides what that means. */
interface NodeExit extends ExitHandler {
  /** The start is refused for a reason that was found only while starting. */
  void refuse(String reason);
}
