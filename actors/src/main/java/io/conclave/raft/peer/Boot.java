package io.conclave.raft.peer;

import static io.conclave.raft.core.Require.require;

/**
 * One start of the Raft subtree: of the process, or again under supervision.
 *
 * @param counter raised by one and synced before the first message of the boot; from 1
 * @param nonce random; the one in the request ids of this boot
 */
public record Boot(long counter, long nonce) {
  /** Not known; the receiver of a greeting. */
  public static final Boot NONE = new Boot(0, 0);

  public Boot {
    require(counter >= 0, "negative boot %d", counter);
  }

  @Override
  public String toString() {
    return "%d (%016x)".formatted(counter, nonce);
  }
}
