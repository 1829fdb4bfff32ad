package io.conclave.raft.peer;

import static io.conclave.raft.core.Require.require;

/**
 * What a member tells of itself when it greets. The recovered values are those of the start of its
 * boot: what survived.
 *
 * @param durableSeq recovered highest sequence number of the journal
 * @param lastIndex recovered last index of the log
 * @param bootstrapHash of the first entry, 0 if the member does not have one yet
 * @param address host and port that Artery reaches it at, as its own configuration spells it
 */
public record Introduction(long durableSeq, long lastIndex, long bootstrapHash, String address) {
  public Introduction {
    require(durableSeq >= 0 && lastIndex >= 0, "negative: %d, %d", durableSeq, lastIndex);
  }
}
