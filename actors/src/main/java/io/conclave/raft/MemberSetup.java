package io.conclave.raft;

import io.conclave.keyspace.KeySpaceSettings;
import java.util.random.RandomGenerator;

/**
 * What a member is made with; outlives the restarts of the Raft subtree.
 *
 * @param founding how its log begins
 * @param peers how it meets the other members
 * @param published what readers see
 * @param access where the gateways' requests come through
 * @param random unpredictable, since it also makes the boot nonces
 */
public record MemberSetup(
    RaftSettings raft,
    KeySpaceSettings keySpace,
    MemberIdentity identity,
    Founding founding,
    PeerSetup peers,
    Publications published,
    MemberAccess access,
    Clocks clocks,
    RandomGenerator random) {}
