package io.conclave.raft;

import static io.conclave.raft.core.Require.require;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.Effect;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.SnapshotMeta;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The member's side of the journal's protocol: appends, snapshots and notes. */
final class MemberJournal {
  private static final Logger LOG = LoggerFactory.getLogger(MemberJournal.class);

  private final MemberId self;
  private final ActorRef<Journal.Command> journal;
  private final ActorRef<Journal.Reply> replyTo;
  private Optional<SnapshotMeta> saving = Optional.empty();
  private Journal.Note noted = new Journal.Note(0, 0);

  MemberJournal(MemberId self, ActorRef<Journal.Command> journal, ActorRef<Journal.Reply> replyTo) {
    this.self = self;
    this.journal = journal;
    this.replyTo = replyTo;
  }

  void append(Effect.Persist persist) {
    journal.tell(new Journal.Append(persist.ticket(), persist.event(), replyTo));
  }

  /**
   * @param position up to which {@code tree} has applied, exactly
   * @return false if the log begins later by now, so that this tree is of no use
   */
  boolean save(KeySpace tree, LogPosition position, RaftCore core) {
    require(saving.isEmpty(), "a snapshot at %s, while another is being saved", position);
    saving = core.describeSnapshot(position.index());
    saving.ifPresent(
        meta -> {
          long firstKept = core.firstKept(position.index());
          journal.tell(
              new Journal.SaveSnapshot(meta, tree, core.hardState(), firstKept, false, replyTo));
        });
    return saving.isPresent();
  }

  /**
   * Notes commit and cluster time beside the log, if they changed.
   *
   * @param timed there are TTLs; without any, cluster time means nothing
   */
  void note(RaftCore core, boolean timed) {
    long clusterTime = timed ? core.confirmedClusterTime() : noted.clusterTime();
    Journal.Note note = new Journal.Note(core.hardState().commit(), clusterTime);
    if (!note.equals(noted)) {
      noted = note;
      journal.tell(note);
    }
  }

  /** What the answer means to the core. */
  Input received(Journal.Reply reply) {
    return switch (reply) {
      case Journal.Appended(long ticket, long ignored) -> new Input.Persisted(ticket);
      case Journal.SnapshotSaved(LogPosition position, long sizeBytes) -> {
        LOG.atInfo()
            .addKeyValue("member", self)
            .addKeyValue("index", position.index())
            .addKeyValue("bytes", sizeBytes)
            .log("saved a snapshot");
        yield new Input.SnapshotSaved(saved(position), sizeBytes);
      }
      case Journal.SnapshotFailed(LogPosition position, String reason) -> {
        LOG.atWarn()
            .addKeyValue("member", self)
            .addKeyValue("index", position.index())
            .addKeyValue("reason", reason)
            .log("could not save a snapshot");
        saved(position);
        yield new Input.SnapshotFailed();
      }
      case Journal.Recovered ignored ->
          throw new IllegalStateException("the journal has started again without its member");
    };
  }

  private SnapshotMeta saved(LogPosition position) {
    SnapshotMeta meta = saving.orElseThrow();
    require(meta.position().equals(position), "snapshot %s was not being saved", position);
    saving = Optional.empty();
    return meta;
  }
}
