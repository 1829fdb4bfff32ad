package io.conclave.raft;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.SnapshotMeta;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The protocol between the Raft member and the actor that keeps its durable history. The journal
 * sends {@link Recovered} once after each of its starts, before anything else.
 */
public final class Journal {
  private Journal() {}

  /** What a journal accepts. */
  public sealed interface Command {}

  /**
   * Make {@code event} durable; answered by {@link Appended} with the same ticket, in order, after
   * the sync that covers it. A failure is never answered: the process ends.
   */
  public record Append(long ticket, JournalEvent event, ActorRef<Reply> replyTo)
      implements Command {}

  /**
   * Save a snapshot beside the running journal; answered by {@link SnapshotSaved} or {@link
   * SnapshotFailed}. Afterwards the journal may drop what no recovery needs.
   *
   * @param root the tree as of {@code meta.position()}; immutable, so nothing waits for the file
   * @param firstKept the lowest index of the log that must survive in the journal (the live entry X
   *     + 1 of architecture §8.4), for followers that are a little behind
   * @param installed the snapshot came from another member: the journal continues at its position
   */
  public record SaveSnapshot(
      SnapshotMeta meta,
      KeySpace root,
      HardState hardState,
      long firstKept,
      boolean installed,
      ActorRef<Reply> replyTo)
      implements Command {}

  /** What a journal tells. */
  public sealed interface Reply {}

  /**
   * Everything that survived.
   *
   * @param snapshot the newest that verifies, or empty
   * @param before position in front of {@code entries}: the log starts right behind it
   * @param entries the log behind {@code before}; starts at or below the snapshot's index + 1
   * @param clusterTime milliseconds, the highest that was ever noted beside the log
   * @param durableSeq highest sequence number that is on disk
   */
  public record Recovered(
      HardState hardState,
      Optional<Snapshot> snapshot,
      LogPosition before,
      List<LogEntry> entries,
      long clusterTime,
      long durableSeq)
      implements Reply {
    public Recovered {
      entries = List.copyOf(entries);
    }
  }

  /** A recovered snapshot. */
  public record Snapshot(SnapshotMeta meta, KeySpace root) {}

  /** The event with this ticket, and all before it, is on disk. */
  public record Appended(long ticket, long durableSeq) implements Reply {}

  public record SnapshotSaved(LogPosition position, long sizeBytes) implements Reply {}

  /** The older snapshots are unharmed; try again after more entries. */
  public record SnapshotFailed(LogPosition position, String reason) implements Reply {}

  /**
   * Cluster time and commit to note beside the log, unsynced, at most once a second (architecture
   * §8.4, witness note).
   *
   * @param commit an index up to which the entries that this journal has confirmed are the
   *     committed ones. At recovery it counts as committed, so a commit that rests on entries not
   *     yet confirmed may not be noted: other ones may stand on disk at the same indices.
   */
  public record Note(long commit, long clusterTime) implements Command {}
}
