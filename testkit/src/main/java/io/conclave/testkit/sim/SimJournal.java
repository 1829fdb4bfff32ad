package io.conclave.testkit.sim;

import io.conclave.keyspace.AppliedTree;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.persistence.SnapshotOwner;
import io.conclave.persistence.VerifiedCuts;
import io.conclave.raft.codec.EntryCodec;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Effect;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalDamage;
import io.conclave.raft.core.JournalFold;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.RecoveredState;
import io.conclave.raft.core.SnapshotMeta;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What the journal actor does in one life of a process, on a {@link SimDisk}: it recovers, appends,
 * saves and installs snapshots, and lets go of segments. The meaning of its events is told by the
 * real {@link JournalFold}.
 */
final class SimJournal {
  /** How good a disk is at the moment. */
  static final class Quality {
    long delayMicrosMax = 2000;
    double syncFailureRate;
    double saveFailureRate;

    /** Nothing can be written. */
    boolean full;
  }

  /** What a start finds. */
  record Recovered(RecoveredState state, AppliedTree tree, long lastSeq) {}

  /** Whom the journal answers about its events. */
  interface Writer {
    void persisted(long ticket);

    /** A write or sync failed: the process has to end. */
    void failed();
  }

  /** Whom it answers about snapshots. */
  interface Snapshots {
    void saved(SnapshotMeta meta, long sizeBytes);

    void notSaved();

    void installed(SnapshotMeta meta, KeySpace tree, long sizeBytes);
  }

  /** As the real one tries again each second, for what is an election timeout there. */
  private static final long RETRY_MICROS = 100_000;

  private record Waiting(Effect.Persist persist, Writer owner) {}

  private record Writing(long ticket, long seq, io.conclave.raft.core.JournalEvent event) {}

  private final SimDisk disk;
  private final Quality quality;
  private final Life life;
  private final RandomGenerator random;
  private final Tally tally;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Deque<Writing> writing = new ArrayDeque<>();
  private JournalFold fold;
  private VerifiedCuts verified = VerifiedCuts.NONE;
  private long nextSeq;
  private boolean saving;
  private Optional<Runnable> afterSaving = Optional.empty();

  SimJournal(SimDisk disk, Quality quality, Life life, RandomGenerator random, Tally tally) {
    this.disk = disk;
    this.quality = quality;
    this.life = life;
    this.random = random;
    this.tally = tally;
  }

  /**
   * Reads everything back.
   *
   * @param empty the tree of a cluster that has not begun
   * @throws JournalDamage if something is missing
   */
  Recovered recover(KeySpace empty) {
    Optional<SimSnapshotFiles.File> file = disk.snapshots.load();
    Optional<SnapshotMeta> meta = file.map(SimSnapshotFiles.File::meta);
    long cut = file.map(f -> f.owner().cut()).orElse(0L);
    HardState owned = file.map(f -> f.owner().hardState()).orElse(HardState.INITIAL);
    verified = file.map(f -> verified.and(f.owner())).orElse(VerifiedCuts.NONE);
    fold = new JournalFold(meta, owned, cut);
    SimDisk.Note note = disk.note();
    if (disk.journal.last() < note.seq()) {
      throw new JournalDamage(
          "the journal ends at %d, %d was synced", disk.journal.last(), note.seq());
    }
    for (SimJournalFiles.Stored stored : disk.journal.events()) {
      if (stored.seq() > cut) {
        fold.add(stored.seq(), EntryCodec.decodeEvent(stored.event()));
      }
    }
    RecoveredState state = fold.recovered(note.commit(), note.clusterTime());
    nextSeq = fold.lastSeq() + 1;
    LogPosition position = meta.map(SnapshotMeta::position).orElse(LogPosition.ORIGIN);
    KeySpace tree = file.map(SimSnapshotFiles.File::tree).orElse(empty);
    return new Recovered(state, new AppliedTree(tree, position), fold.lastSeq());
  }

  /** Highest sequence number whose sync is confirmed. */
  long durableSeq() {
    return fold.lastSeq();
  }

  /** Waits while the disk is full; what follows waits behind it. */
  void append(Effect.Persist persist, Writer owner) {
    if (!quality.full && waiting.isEmpty()) {
      write(persist, owner);
      return;
    }
    tally.count(Happening.WRITE_WAITED);
    waiting.add(new Waiting(persist, owner));
    if (waiting.size() == 1) {
      life.after(RETRY_MICROS, this::retry);
    }
  }

  private void retry() {
    if (quality.full) {
      life.after(RETRY_MICROS, this::retry);
      return;
    }
    waiting.forEach(next -> write(next.persist(), next.owner()));
    waiting.clear();
  }

  private void write(Effect.Persist persist, Writer owner) {
    disk.journal.write(nextSeq, EntryCodec.encode(persist.event()));
    writing.add(new Writing(persist.ticket(), nextSeq++, persist.event()));
    life.after(random.nextLong(quality.delayMicrosMax), () -> synced(owner));
  }

  private void synced(Writer owner) {
    if (random.nextDouble() < quality.syncFailureRate) {
      tally.count(Happening.SYNC_FAILED);
      owner.failed();
      return;
    }
    Writing done = writing.remove(); // the disk keeps the order
    disk.journal.sync();
    fold.add(done.seq(), done.event());
    owner.persisted(done.ticket());
  }

  void save(SnapshotMeta meta, KeySpace tree, HardState handed, long firstKept, Snapshots owner) {
    SnapshotOwner kept =
        new SnapshotOwner(fold.cutFor(firstKept), fold.ownedWith(meta, handed), false);
    saving = true;
    life.after(
        random.nextLong(10 * quality.delayMicrosMax),
        () -> {
          saving = false;
          if (random.nextDouble() < quality.saveFailureRate || quality.full) {
            tally.count(Happening.SNAPSHOT_FAILED);
            owner.notSaved();
          } else {
            Bytes part = SimSnapshotFiles.encode(meta, tree);
            disk.snapshots.save(meta, part, kept);
            fold.snapshotSaved(meta, kept.cut());
            verified(kept);
            tally.count(Happening.SNAPSHOT_SAVED);
            owner.saved(meta, part.length());
          }
          afterSaving.ifPresent(Runnable::run);
          afterSaving = Optional.empty();
        });
  }

  private void verified(SnapshotOwner owner) {
    verified = verified.and(owner);
    if (verified.older() > 0) {
      for (int i = disk.journal.deleteNeedless(verified.older()); i > 0; i--) {
        tally.count(Happening.SEGMENT_DELETED);
      }
    }
  }

  /** Replaces everything by the snapshot that arrived; waits for one that is being saved. */
  void install(SnapshotMeta meta, HardState handed, Snapshots owner) {
    if (saving) {
      afterSaving = Optional.of(() -> install(meta, handed, owner));
      return;
    }
    boolean quiet = writing.isEmpty() && waiting.isEmpty();
    SafetyChecker.check(quiet, "a snapshot is installed while the journal writes");
    SnapshotOwner kept = new SnapshotOwner(fold.lastSeq(), fold.ownedWith(meta, handed), true);
    KeySpace tree = disk.snapshots.takeArrived(meta);
    Bytes part = SimSnapshotFiles.encode(meta, tree);
    life.after(
        random.nextLong(5 * quality.delayMicrosMax),
        () -> {
          disk.snapshots.save(meta, part, kept);
          fold.snapshotInstalled(meta, kept.hardState());
          verified(kept);
          tally.count(Happening.SNAPSHOT_INSTALLED);
          owner.installed(meta, tree, part.length());
        });
  }

  /** Replaces the witness note: nothing in it may be beyond what is on disk. */
  void note(long commit, long clusterTime) {
    disk.replace(new SimDisk.Note(fold.lastSeq(), Math.min(commit, fold.lastIndex()), clusterTime));
  }
}
