package io.conclave.raft.core;

/**
 * A change of the configuration that somebody asked the leader for.
 *
 * @param from the leader itself, or the member that forwarded it and is told if it is refused
 */
record ChangeRequest(RequestId id, MemberId from, Membership.Change change) {}
