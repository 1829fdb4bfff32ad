package io.conclave.persistence;

import io.conclave.raft.core.HardState;

/**
 * The part of a snapshot file that concerns only the member that wrote it and is never sent to
 * another one: taking over a sender's hard state would be a second vote.
 *
 * @param cut sequence number of the last event that recovery from this snapshot leaves out
 * @param installed the snapshot came from another member, so that no older one can stand in for it
 */
public record SnapshotOwner(long cut, HardState hardState, boolean installed) {}
