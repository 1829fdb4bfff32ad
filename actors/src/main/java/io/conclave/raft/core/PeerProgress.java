package io.conclave.raft.core;

/**
 * How far a leader has brought one peer.
 *
 * @param matchIndex up to which the peer's log is known to equal the leader's, durably
 * @param active heard of since the last check of the quorum began
 */
public record PeerProgress(MemberId peer, long matchIndex, boolean active) {}
