package io.conclave.keyspace.tree;

import static io.conclave.raft.core.Require.require;

import io.conclave.raft.core.Stamp;

/**
 * What a snapshot of a key space says besides nodes and events.
 *
 * @param historyMax how many events are remembered
 * @param historySize how many there are
 */
public record StoredHeader(
    long index,
    Stamp stamp,
    int historyMax,
    int historySize,
    StoreStats stats,
    ClusterState cluster) {
  public StoredHeader {
    require(index >= 0, "negative store index %d", index);
    require(
        historySize >= 0 && historySize <= historyMax && historySize <= index,
        "%d events of at most %d up to index %d",
        historySize,
        historyMax,
        index);
  }
}
