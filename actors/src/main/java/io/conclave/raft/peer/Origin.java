package io.conclave.raft.peer;

import static io.conclave.raft.core.Require.require;

import io.conclave.raft.core.MemberId;

/**
 * Who sent an envelope.
 *
 * @param durableSeq highest sequence number of the sender's journal whose sync was confirmed; never
 *     falls during the life of a data dir
 */
public record Origin(
    long clusterId, MemberId member, Incarnation incarnation, Boot boot, long durableSeq) {
  public Origin {
    require(durableSeq >= 0, "negative sequence number %d", durableSeq);
  }
}
