package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

/** One entry of the replicated log; the same bytes in memory, on the wire and in the journal. */
public record LogEntry(LogPosition position, RequestId requestId, Stamp stamp, Payload payload) {

  /** What an entry does when it is applied. */
  public sealed interface Payload {
    /** Nothing: a new leader commits one first (§5.4.2, §8). */
    record Empty() implements Payload {}

    /** A command of the key space; opaque here, decoded only when applied. */
    record Command(Bytes bytes) implements Payload {}

    /** The first entry of a log: the configuration that the cluster begins with. */
    record Bootstrap(Membership membership) implements Payload {}

    /**
     * A configuration change.
     *
     * @param membership the whole configuration in force after it
     * @param change the step that led there, for what depends on it when it is applied
     */
    record Reconfigure(Membership membership, Membership.Change change) implements Payload {}
  }

  public LogEntry {
    require(position.index() >= 1 && position.term() >= 1, "no entry can be at %s", position);
  }

  public long index() {
    return position.index();
  }

  public long term() {
    return position.term();
  }
}
