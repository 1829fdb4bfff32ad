package io.conclave.raft.core;

import java.util.List;

/**
 * What is journalled as one atomic, synced unit. Replay: an {@link Appended} whose first entry has
 * index <i>i</i> first discards everything from <i>i</i> on, after checking that {@code before}
 * matches the log; a {@link HardStateSaved} discards nothing.
 */
public sealed interface JournalEvent {
  HardState hardState();

  /**
   * @param before position of the entry in front of {@code entries}
   * @param entries contiguous, not empty
   */
  record Appended(HardState hardState, LogPosition before, List<LogEntry> entries)
      implements JournalEvent {
    public Appended {
      entries = List.copyOf(entries);
      Require.require(!entries.isEmpty(), "nothing to append after %s", before);
      long index = before.index();
      for (LogEntry entry : entries) {
        Require.require(entry.index() == ++index, "entry %s is not at %d", entry.position(), index);
      }
    }
  }

  record HardStateSaved(HardState hardState) implements JournalEvent {}
}
