package io.conclave.raft.core;

/**
 * Names one proposal for ever: the member that received it, the random nonce of that member's boot,
 * and a counter within the boot. A reply is attached to an applied entry only on a full match, so
 * an entry that is applied again after a restart never answers a new client.
 */
public record RequestId(MemberId origin, long bootNonce, long counter) {
  /** For entries that nobody waits for. */
  public static final RequestId NONE = new RequestId(MemberId.NONE, 0, 0);
}
