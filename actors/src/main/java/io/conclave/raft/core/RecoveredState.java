package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

import java.util.List;
import java.util.Optional;

/**
 * What a member finds on its disk when it starts.
 *
 * @param snapshot the tree that the key space starts from, or empty for none
 * @param before position in front of {@code entries}; at or below the snapshot
 * @param entries contiguous; reach at least to the snapshot, or are empty
 * @param clusterTime milliseconds, the highest noted beside the log
 */
public record RecoveredState(
    HardState hardState,
    Optional<SnapshotMeta> snapshot,
    LogPosition before,
    List<LogEntry> entries,
    long clusterTime) {
  /** Of a member that joins an existing cluster. */
  public static final RecoveredState NOTHING =
      new RecoveredState(HardState.INITIAL, Optional.empty(), LogPosition.ORIGIN, List.of(), 0);

  public RecoveredState {
    entries = List.copyOf(entries);
    long index = before.index();
    for (LogEntry entry : entries) {
      require(entry.index() == ++index, "damage: entry %s is not at %d", entry.position(), index);
    }
    long covered = snapshot.map(meta -> meta.position().index()).orElse(0L);
    require(
        before.index() <= covered && covered <= index,
        "damage: snapshot at %d, log from %d to %d",
        covered,
        before.index() + 1,
        index);
    require(hardState.commit() <= index, "damage: commit %d, log to %d", hardState.commit(), index);
  }

  /** The latest time known from the note or the snapshot, in milliseconds. */
  long latestClusterTime() {
    return Math.max(clusterTime, snapshot.map(meta -> meta.stamp().clusterTime()).orElse(0L));
  }
}
