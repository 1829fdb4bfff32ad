package io.conclave.raft.core;

/**
 * What a snapshot says besides the tree; part of what is sent to others.
 *
 * @param position of the last entry it covers
 * @param membership the configuration as applied at that position
 * @param bootstrapHash hash of the cluster's first entry; tells clusters with equal URLs apart
 * @param stamp the newest cluster time and wall offset known at that position
 */
public record SnapshotMeta(
    LogPosition position, Membership membership, long bootstrapHash, Stamp stamp) {}
