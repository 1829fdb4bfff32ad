package io.conclave.keyspace.tree;

import static io.conclave.raft.core.Require.require;

/**
 * How much a history remembers: replicated state, and so equal on all members of a cluster.
 *
 * @param eventsMax most events, at least 1
 * @param bytesMax most bytes of keys and values with {@value #EVENT_BYTES} for each event; the
 *     newest event is remembered however large it is
 */
public record HistoryLimits(int eventsMax, long bytesMax) {
  /** Objects of an event with its two nodes, their arrays' headers included. */
  static final int EVENT_BYTES = 256;

  /** The place of an event that concerns nobody. */
  private static final int SILENT_EVENT_BYTES = 8;

  public HistoryLimits {
    require(eventsMax >= 1, "a history needs room for one event, not %d", eventsMax);
    require(bytesMax >= 0, "a history of %d bytes", bytesMax);
  }

  /** For where only the count matters. */
  public static HistoryLimits ofEvents(int eventsMax) {
    return new HistoryLimits(eventsMax, Long.MAX_VALUE);
  }

  /** What an event counts against {@link #bytesMax}. */
  static long bytesOf(KeyEvent visibleOrNull) {
    if (visibleOrNull == null) {
      return SILENT_EVENT_BYTES;
    }
    NodeView before = visibleOrNull.prevNodeOrNull();
    return EVENT_BYTES
        + visibleOrNull.key().array().length
        + (long) visibleOrNull.node().value().length()
        + (before == null ? 0 : before.value().length());
  }

  /** Whether so many events of so many bytes together are within the limits. */
  boolean allow(int events, long bytes) {
    return events <= eventsMax && bytes <= bytesMax;
  }
}
