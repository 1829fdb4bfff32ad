package io.conclave.raft;

import static io.conclave.raft.core.Require.require;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.Effect;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.SnapshotMeta;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The member's side of the journal's protocol: appends, snapshots and notes. */
final class MemberJournal {
  private static final Logger LOG = LoggerFactory.getLogger(MemberJournal.class);

  private final MemberId self;
  private final ActorRef<Journal.Command> journal;
  private final ActorRef<Journal.Reply> replyTo;
  private final AtomicLong durableSeq;
  private final Consumer<Journal.SaveSnapshot> installed;
  private Optional<Journal.SaveSnapshot> saving = Optional.empty();

  /** Waits until the snapshot that is being saved is done. */
  private Optional<Journal.SaveSnapshot> installing = Optional.empty();

  private final long noteIntervalNanos;
  private long notedNanos;
  private Journal.Note noted = new Journal.Note(0, 0);

  /**
   * @param durableSeq shows what is confirmed
   * @param noteInterval at least so long between two notes
   * @param installed is given what was installed, before the core hears of it
   */
  MemberJournal(
      MemberId self,
      ActorRef<Journal.Command> journal,
      ActorRef<Journal.Reply> replyTo,
      AtomicLong durableSeq,
      Duration noteInterval,
      long nowNanos,
      Consumer<Journal.SaveSnapshot> installed) {
    this.self = self;
    this.journal = journal;
    this.replyTo = replyTo;
    this.durableSeq = durableSeq;
    this.noteIntervalNanos = noteInterval.toNanos();
    this.notedNanos = nowNanos - noteIntervalNanos;
    this.installed = installed;
  }

  void append(Effect.Persist persist) {
    journal.tell(new Journal.Append(persist.ticket(), persist.event(), replyTo));
  }

  /**
   * @param position up to which {@code tree} has applied, exactly
   * @return false if the log begins later by now, so that this tree is of no use
   */
  boolean save(KeySpace tree, LogPosition position, RaftCore core) {
    Optional<SnapshotMeta> described = core.describeSnapshot(position.index());
    described.ifPresent(
        meta -> {
          long firstKept = core.firstKept(position.index());
          save(new Journal.SaveSnapshot(meta, tree, core.hardState(), firstKept, false, replyTo));
        });
    return described.isPresent();
  }

  /** Makes a snapshot from another member, with this hard state, the beginning of the journal. */
  void install(SnapshotMeta meta, KeySpace tree, HardState hardState) {
    long behind = meta.position().index() + 1;
    installing =
        Optional.of(new Journal.SaveSnapshot(meta, tree, hardState, behind, true, replyTo));
    installNext();
  }

  private void installNext() {
    if (saving.isEmpty() && installing.isPresent()) {
      Journal.SaveSnapshot request = installing.get();
      installing = Optional.empty();
      save(request);
    }
  }

  private void save(Journal.SaveSnapshot request) {
    require(saving.isEmpty(), "snapshot %s while another is being saved", request.meta());
    saving = Optional.of(request);
    journal.tell(request);
  }

  /**
   * Notes commit and cluster time beside the log, if they changed.
   *
   * @param timed there are TTLs; without any, cluster time means nothing
   */
  void note(RaftCore core, boolean timed, long nowNanos) {
    if (nowNanos - notedNanos < noteIntervalNanos) {
      return;
    }
    long clusterTime = timed ? core.confirmedClusterTime() : noted.clusterTime();
    Journal.Note note = new Journal.Note(core.hardState().commit(), clusterTime);
    if (!note.equals(noted)) {
      noted = note;
      notedNanos = nowNanos;
      journal.tell(note);
    }
  }

  /** What the answer means to the core. */
  Input received(Journal.Reply reply) {
    return switch (reply) {
      case Journal.Appended(long ticket, long seq) -> {
        durableSeq.accumulateAndGet(seq, Math::max);
        yield new Input.Persisted(ticket);
      }
      case Journal.SnapshotSaved(LogPosition position, long sizeBytes) -> {
        LOG.atInfo()
            .addKeyValue("member", self)
            .addKeyValue("index", position.index())
            .addKeyValue("bytes", sizeBytes)
            .log("saved a snapshot");
        Journal.SaveSnapshot done = saved(position);
        if (done.installed()) {
          installed.accept(done);
          yield new Input.SnapshotInstalled(done.meta(), sizeBytes);
        }
        yield new Input.SnapshotSaved(done.meta(), sizeBytes);
      }
      case Journal.SnapshotFailed(LogPosition position, String reason) -> {
        LOG.atWarn()
            .addKeyValue("member", self)
            .addKeyValue("index", position.index())
            .addKeyValue("reason", reason)
            .log("could not save a snapshot");
        Journal.SaveSnapshot failed = saved(position);
        require(!failed.installed(), "the snapshot at %s can't be installed: %s", position, reason);
        yield new Input.SnapshotFailed();
      }
      case Journal.Recovered ignored ->
          throw new IllegalStateException("the journal has started again without its member");
    };
  }

  private Journal.SaveSnapshot saved(LogPosition position) {
    Journal.SaveSnapshot done = saving.orElseThrow();
    require(done.meta().position().equals(position), "snapshot %s was not being saved", position);
    saving = Optional.empty();
    installNext();
    return done;
  }
}
