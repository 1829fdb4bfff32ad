package io.conclave.persistence;

import static io.conclave.raft.core.Require.require;

import io.conclave.persistence.RecordFormat.Mark;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBException;
import org.iq80.leveldb.WriteBatch;
import org.iq80.leveldb.WriteOptions;

/**
 * A segment while it is written: a LevelDB database that only ever gets appended to. Every method
 * that writes returns after the sync. After a failed write the instance refuses all others: LevelDB
 * may let later ones succeed and lose them (google/leveldb pull request 578). Not thread-safe.
 */
final class LeveldbSegment implements Closeable {
  /** An event on its way to disk; the array belongs to the receiver from then on. */
  record Event(long sequenceNr, byte[] payload) {}

  private static final WriteOptions SYNC = new WriteOptions().sync(true);

  private final Mark.Header header;
  private final Path log;
  private final DB database;
  private final boolean checksLength;
  private long bytes;
  private long last = -1;
  private boolean sealed = true;
  private boolean failed;

  private LeveldbSegment(Mark.Header header, Path log, DB database, boolean checksLength) {
    this.header = header;
    this.log = log;
    this.database = database;
    this.checksLength = checksLength;
  }

  /**
   * Makes a segment that survives a loss of power: header written, then files, directory and parent
   * forced, because LevelDB of 2013 forces neither names nor its manifest. What an attempt that
   * failed left under the same number is replaced.
   */
  static LeveldbSegment create(
      Path journal, LeveldbEngine engine, Mark.Header header, int writeBufferBytes)
      throws IOException {
    Path directory = Segment.directory(journal, header.number());
    DurableFiles.deleteTree(directory);
    DurableFiles.createDirectory(directory);
    DB database = engine.create(directory, writeBufferBytes);
    try {
      Path log =
          Segment.log(directory)
              .orElseThrow(() -> new IOException("LevelDB made no log in " + directory));
      var segment = new LeveldbSegment(header, log, database, engine.checksLength());
      segment.write(List.of(header), List.of());
      for (Path file : DurableFiles.list(directory)) {
        DurableFiles.restrict(file);
        DurableFiles.force(file);
      }
      DurableFiles.forceDirectory(directory);
      DurableFiles.forceDirectory(journal);
      return segment;
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  long number() {
    return header.number();
  }

  /** Length of the log so far. */
  long bytes() {
    return bytes;
  }

  boolean hasEvents() {
    return last >= 0;
  }

  /** Sequence number of the newest event; only if there is one. */
  long last() {
    require(hasEvents(), "segment %d holds no event", number());
    return last;
  }

  boolean isSealed() {
    return sealed;
  }

  /**
   * Appends {@code events}, contiguous and not empty, in one synced batch: after a crash all of
   * them are there or none.
   */
  void append(List<Event> events) throws IOException {
    long first = events.getFirst().sequenceNr();
    require(!hasEvents() || first == last + 1, "event %d does not follow %d", first, last);
    write(hasEvents() ? List.of() : List.of(new Mark.Begin(first - 1)), events);
    last = events.getLast().sequenceNr();
    sealed = false;
  }

  /** Notes that everything up to the newest event is synced, so that damage to it will show. */
  void seal() throws IOException {
    write(List.of(new Mark.Seal(last())), List.of());
    sealed = true;
  }

  /** Ends the segment. The one that follows must be on disk already. */
  void finish() throws IOException {
    write(List.of(new Mark.Closed(last())), List.of());
    failed = true;
  }

  /** Frees LevelDB's memory; writes nothing. */
  @Override
  public void close() throws IOException {
    failed = true;
    database.close();
  }

  private void write(List<Mark> marks, List<Event> events) throws IOException {
    require(!failed, "segment %d is not written any more", number());
    failed = true;
    try (WriteBatch batch = database.createWriteBatch()) {
      long length = BatchFormat.HEADER_BYTES;
      for (Mark mark : marks) {
        byte[] key = RecordFormat.markKey(mark);
        length += put(batch, key, RecordFormat.markValue(header.journalId(), mark));
      }
      for (Event event : events) {
        long sequenceNr = event.sequenceNr();
        byte[] value = RecordFormat.eventValue(header.journalId(), sequenceNr, event.payload());
        length += put(batch, RecordFormat.eventKey(sequenceNr), value);
      }
      database.write(batch, SYNC);
      bytes = LogFormat.advance(bytes, length);
    } catch (DBException e) {
      throw new IOException("LevelDB failed to write " + log + ": " + e.getMessage(), e);
    }
    if (checksLength && Files.size(log) != bytes) {
      throw new IOException(log + " has " + Files.size(log) + " bytes instead of " + bytes);
    }
    failed = false;
  }

  private static long put(WriteBatch batch, byte[] key, byte[] value) {
    batch.put(key, value);
    return BatchFormat.putBytes(key.length, value.length);
  }
}
