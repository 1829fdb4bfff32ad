package io.conclave.raft.core;

import java.util.ArrayList;
import java.util.List;

/** Entries for tests, told by their terms. */
final class Entries {
  private Entries() {}

  static LogPosition at(long term, long index) {
    return new LogPosition(term, index);
  }

  static LogEntry entry(long term, long index) {
    return command(term, index, RequestId.NONE, "x");
  }

  static LogEntry command(long term, long index, RequestId id, String text) {
    return new LogEntry(
        at(term, index), id, Stamp.ZERO, new LogEntry.Payload.Command(Bytes.utf8(text)));
  }

  /** Entries from {@code first} on, one for each term. */
  static List<LogEntry> from(long first, long... terms) {
    List<LogEntry> entries = new ArrayList<>();
    for (long term : terms) {
      entries.add(entry(term, first + entries.size()));
    }
    return entries;
  }
}
