package io.conclave.persistence;

import static io.conclave.raft.core.Require.require;

import io.conclave.persistence.LeveldbSegment.Event;
import io.conclave.persistence.RecordFormat.Mark;
import io.conclave.persistence.SegmentReader.EventVisitor;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The journal as a chain of segments, of which the newest is written. A start begins a new one and
 * closes the one before it; from then on the next one is made ahead, so that changing over costs a
 * sync and no more. Called by one thread; what takes time goes to a background executor, which must
 * run its tasks one after the other.
 */
final class SegmentedLog implements Closeable {
  /** LevelDB extends its log by up to this much at once, and a new segment takes less. */
  private static final long GROWTH_BYTES = 2 << 20;

  private static final String DROPPED = ".dropped";

  private final PersistenceSettings settings;
  private final Executor background;
  private final LeveldbEngine engine;
  private final DiskReserve reserve;
  private final long journalId;
  private final Deque<Closed> closed = new ArrayDeque<>();
  private LeveldbSegment active;
  private CompletableFuture<LeveldbSegment> next;
  private long last;
  private boolean failed;

  private record Closed(Path directory, long last) {}

  private SegmentedLog(
      PersistenceSettings settings,
      Executor background,
      LeveldbEngine engine,
      DiskReserve reserve,
      JournalFiles files) {
    this.settings = settings;
    this.background = background;
    this.engine = engine;
    this.reserve = reserve;
    this.journalId = files.journalId().orElseGet(() -> new SecureRandom().nextLong());
    this.last = files.last();
    files.written().forEach(old -> closed.add(new Closed(old.directory(), old.last())));
  }

  /**
   * Reads and checks the journal, closes its newest segment and begins another.
   *
   * @throws DamagedData if acknowledged events are missing or broken
   */
  static SegmentedLog open(PersistenceSettings settings, Executor background) throws IOException {
    Path journal = settings.journalDirectory();
    DurableFiles.createDirectories(journal);
    return open(settings, background, DiskReserve.of(journal, settings.diskReserveBytes()));
  }

  /** The same, asking {@code reserve} for the free space of the journal's disk. */
  static SegmentedLog open(PersistenceSettings settings, Executor background, DiskReserve reserve)
      throws IOException {
    Path journal = settings.journalDirectory();
    for (Path directory : DurableFiles.list(journal)) {
      if (directory.getFileName().toString().endsWith(DROPPED)) {
        DurableFiles.deleteTree(directory);
      }
    }
    JournalFiles files = JournalFileCheck.read(journal, EventVisitor.NONE);
    JournalFileCheck.compare(files, WitnessNote.read(settings.witnessFile()));
    if (reserve.isLow() || !reserve.fits(GROWTH_BYTES)) {
      long needed = Math.max(reserve.reserveBytes(), GROWTH_BYTES);
      throw new IOException(
          "No space: " + journal + " must have " + needed + " bytes free to start");
    }
    LeveldbEngine engine = LeveldbEngine.load(settings.engine(), settings.libraryDirectory());
    SegmentedLog log = new SegmentedLog(settings, background, engine, reserve, files);
    log.begin(files);
    return log;
  }

  /** The order matters: a closed segment must always have a successor on disk. */
  private void begin(JournalFiles files) throws IOException {
    if (files.unfinished().isPresent()) {
      drop(files.unfinished().get());
    }
    long previous = files.newest().map(Segment::number).orElse(0L);
    active = create(files.highestNumber() + 1, previous);
    if (files.newest().isPresent() && !files.newest().get().closed()) {
      SegmentEnd.close(files.newest().get());
    }
    for (Segment unused : files.unused().reversed()) {
      drop(unused.directory());
    }
    makeNext();
  }

  long last() {
    return last;
  }

  /**
   * Makes {@code events} durable, all or none. They must be contiguous and follow {@link #last}.
   *
   * @throws NoSpace if nothing was written for want of room; they may be appended later
   * @throws IOException if they may have been written in part; nothing can be appended any more
   */
  void append(List<Event> events) throws IOException {
    require(!failed, "the journal takes nothing after a failed write");
    failed = true;
    long first = events.getFirst().sequenceNr();
    require(first == last + 1, "event %d does not follow %d", first, last);
    long bytes = events.stream().mapToLong(event -> event.payload().length).sum();
    if (bytes > settings.requestBytesMax()) {
      throw new IOException(
          bytes + " bytes in one write are more than " + settings.requestBytesMax());
    }
    boolean full = active.hasEvents() && active.bytes() + bytes > settings.segmentBytes();
    if (!reserve.fits(2 * bytes + (full ? 2 : 1) * GROWTH_BYTES)) {
      failed = false;
      throw new NoSpace("No space for " + bytes + " bytes in " + settings.journalDirectory());
    }
    if (full) {
      changeOver();
    }
    active.append(events);
    last = events.getLast().sequenceNr();
    failed = false;
  }

  /**
   * Seals the newest event unless that was done. On a full disk it does not try, since the events
   * are safe without a seal, and the process is not after a write that finds no room.
   *
   * @return whether the newest event is sealed now
   */
  boolean seal() throws IOException {
    if (!failed && !active.isSealed() && reserve.fits(GROWTH_BYTES)) {
      failed = true;
      active.seal();
      failed = false;
    }
    return active.isSealed();
  }

  /**
   * Shows the events from {@code from} to {@code to}, at most {@code max}, as they are in the
   * files. Runs in the background, because dropping and making segments would disturb it.
   */
  CompletionStage<Void> replay(long from, long to, long max, EventVisitor visitor) {
    return inBackground(
        () -> {
          Replay replay = new Replay(from, to, max, visitor);
          JournalFileCheck.read(settings.journalDirectory(), replay);
        });
  }

  /** Drops the segments that hold nothing above {@code sequenceNr}, and never the newest event. */
  CompletionStage<Void> dropUpTo(long sequenceNr) {
    List<Path> gone = new ArrayList<>();
    while (!closed.isEmpty() && closed.getFirst().last() <= sequenceNr && !holdsNewest()) {
      gone.add(closed.removeFirst().directory());
    }
    return inBackground(
        () -> {
          for (Path directory : gone) {
            drop(directory);
          }
        });
  }

  /** Seals and frees everything. */
  @Override
  public void close() throws IOException {
    try {
      seal();
    } finally {
      active.close();
      if (!next.isCompletedExceptionally()) {
        next.join().close();
      }
    }
  }

  private boolean holdsNewest() {
    return closed.size() == 1 && !active.hasEvents();
  }

  private void changeOver() throws IOException {
    LeveldbSegment following = awaitNext();
    active.finish();
    LeveldbSegment full = active;
    closed.add(
        new Closed(Segment.directory(settings.journalDirectory(), full.number()), full.last()));
    active = following;
    makeNext();
    inBackground(full::close);
  }

  private void makeNext() {
    long number = active.number() + 1;
    long previous = active.number();
    next = new CompletableFuture<>();
    CompletableFuture<LeveldbSegment> made = next;
    background.execute(
        () -> {
          try {
            if (reserve.isLow() || !reserve.fits(GROWTH_BYTES)) {
              throw new IOException("No space to make a segment ahead");
            }
            made.complete(create(number, previous));
          } catch (IOException | RuntimeException e) {
            made.completeExceptionally(e);
          }
        });
  }

  private LeveldbSegment awaitNext() throws IOException {
    try {
      return next.join();
    } catch (CompletionException e) {
      return create(active.number() + 1, active.number());
    }
  }

  private LeveldbSegment create(long number, long previous) throws IOException {
    var header = new Mark.Header(journalId, number, previous);
    return LeveldbSegment.create(
        settings.journalDirectory(), engine, header, settings.writeBufferBytes());
  }

  private static void drop(Path directory) throws IOException {
    Path renamed = directory.resolveSibling(directory.getFileName() + DROPPED);
    Files.move(directory, renamed);
    DurableFiles.forceDirectory(directory.getParent());
    DurableFiles.deleteTree(renamed);
  }

  private interface Task {
    void run() throws IOException;
  }

  private CompletionStage<Void> inBackground(Task task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    background.execute(
        () -> {
          try {
            task.run();
            done.complete(null);
          } catch (UncheckedIOException e) {
            done.completeExceptionally(e.getCause());
          } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }
}
