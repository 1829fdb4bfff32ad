package io.conclave.raft.core;

import io.conclave.raft.core.LogEntry.Payload;
import java.util.TreeMap;

/**
 * The configurations that the log holds, by the index of their entry. The newest is in force as
 * soon as it is appended, and no longer once it is truncated (thesis §4.1).
 */
final class Configurations {
  private final TreeMap<Long, Membership> byIndex = new TreeMap<>();

  Configurations(long index, Membership base) {
    byIndex.put(index, base);
  }

  void appended(LogEntry entry) {
    switch (entry.payload()) {
      case Payload.Bootstrap(Membership membership) -> byIndex.put(entry.index(), membership);
      case Payload.Reconfigure(Membership membership, Membership.Change ignored) ->
          byIndex.put(entry.index(), membership);
      case Payload.Empty ignored -> {}
      case Payload.Command ignored -> {}
    }
  }

  void truncatedFrom(long index) {
    byIndex.tailMap(index, true).clear();
  }

  /** Keeps only what is needed from {@code index} on. */
  void compactedTo(long index) {
    Long base = byIndex.floorKey(index);
    if (base != null) {
      byIndex.headMap(base, false).clear();
    }
  }

  /** A snapshot replaced the log. */
  void restored(long index, Membership membership) {
    byIndex.clear();
    byIndex.put(index, membership);
  }

  Membership inForce() {
    return byIndex.lastEntry().getValue();
  }

  /** Index of the entry that brought the configuration in force. */
  long inForceSince() {
    return byIndex.lastKey();
  }

  /** The configuration as of {@code index}, which is not compacted away. */
  Membership at(long index) {
    return byIndex.floorEntry(index).getValue();
  }
}
