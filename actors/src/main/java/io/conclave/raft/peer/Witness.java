package io.conclave.raft.peer;

import static io.conclave.raft.core.Require.require;

import io.conclave.raft.core.MemberId;

/**
 * What a leader knows of one member and passes on in heartbeats, so that all can tell a data dir
 * that lost acknowledged writes.
 *
 * @param durableSeq the highest heard
 * @param knownIndex min(acknowledged index, commit index), which no truncation can undercut
 */
public record Witness(
    MemberId member, Incarnation incarnation, Boot boot, long durableSeq, long knownIndex) {
  public Witness {
    require(durableSeq >= 0 && knownIndex >= 0, "negative: %d, %d", durableSeq, knownIndex);
  }
}
