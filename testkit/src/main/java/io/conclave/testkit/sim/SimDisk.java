package io.conclave.testkit.sim;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.peer.Incarnation;
import io.conclave.raft.peer.Pins;
import java.util.random.RandomGenerator;

/** A data dir: what a process finds at its start, as far as it was synced before. */
final class SimDisk {
  /**
   * The witness note beside the journal.
   *
   * @param seq the highest sequence number whose sync was confirmed
   */
  record Note(long seq, long commit, long clusterTime) {
    static final Note NONE = new Note(0, 0, 0);
  }

  final Incarnation incarnation;
  final SimJournalFiles journal;
  final SimSnapshotFiles snapshots;
  private final Tally tally;
  private Bytes pins = Pins.NONE.encode();
  private Note note = Note.NONE;
  private Note noteBefore = Note.NONE;
  private long boots;

  private SimDisk(
      Incarnation incarnation, SimJournalFiles journal, SimSnapshotFiles snapshots, Tally tally) {
    this.incarnation = incarnation;
    this.journal = journal;
    this.snapshots = snapshots;
    this.tally = tally;
  }

  static SimDisk empty(RandomGenerator random, Tally tally) {
    return new SimDisk(
        Incarnation.random(random),
        new SimJournalFiles(3 + random.nextInt(20)),
        new SimSnapshotFiles(2 + random.nextInt(3), tally),
        tally);
  }

  SimDisk copy() {
    SimDisk copy = new SimDisk(incarnation, journal.copy(), snapshots.copy(), tally);
    copy.pins = pins;
    copy.note = note;
    copy.noteBefore = note;
    copy.boots = boots;
    return copy;
  }

  /** Counts a start; durable at once. */
  long begin() {
    journal.begin();
    snapshots.begin();
    return ++boots;
  }

  long boots() {
    return boots;
  }

  Pins pins() {
    return Pins.decode(pins);
  }

  void save(Pins changed) {
    pins = changed.encode();
  }

  Note note() {
    return note;
  }

  /** Not synced: a loss of power may bring back the one before. */
  void replace(Note next) {
    if (!next.equals(note)) {
      noteBefore = note;
      note = next;
    }
  }

  /**
   * The process died: some of what was on its way to the disk has made it.
   *
   * @param powerLost nothing that was not synced is safe, not even the note
   */
  void crash(boolean powerLost, RandomGenerator random) {
    int written = journal.onTheWay();
    int survivors = powerLost && random.nextBoolean() ? 0 : random.nextInt(written + 1);
    if (survivors < written) {
      tally.count(Happening.TORN_TAIL);
    }
    journal.crash(survivors);
    snapshots.crash(random);
    if (powerLost && random.nextBoolean()) {
      note = noteBefore;
    }
  }

  /** Forgets an event that the next start needs and the note knows of; false if there is none. */
  boolean loseRecord(RandomGenerator random) {
    long cut = snapshots.newest().map(file -> file.owner().cut()).orElse(0L);
    if (note.seq() <= cut) {
      return false;
    }
    journal.lose(cut + 1 + random.nextLong(note.seq() - cut));
    return true;
  }

  /** Forgets every event behind {@code seq}, and the note that could tell. */
  void cutBack(long seq) {
    journal.cutBack(seq);
    note = Note.NONE;
    noteBefore = Note.NONE;
  }
}
