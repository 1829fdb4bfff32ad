package io.conclave.persistence;

import io.conclave.persistence.SegmentReader.EventVisitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the journal's files and refuses what this member can't have written and acknowledged. It is
 * the only reader: LevelDB writes the segments and never opens one again, because opening rewrites
 * the log and passes over what it can't read.
 *
 * <p>How segments hang together: each header names the segment that was the newest when it was
 * made; the first write of a segment names the last event before it; a segment is closed before the
 * next one takes events, and the next one is on disk before it is closed. So a hole shows wherever
 * it is, except where the newest events went together with every trace of them: that is what {@link
 * WitnessNote} is for.
 */
final class JournalFileCheck {
  private JournalFileCheck() {}

  /**
   * Reads everything below the data directory of {@code settings} that is the journal's, as a start
   * does, and changes nothing. A start itself does not do this beforehand: what the journal's actor
   * finds is told in the same sentence, and the files need not be read once more.
   *
   * @return sequence number of the newest event, 0 for an empty journal
   * @throws DamagedData if events are missing, broken or not ours
   */
  static long check(PersistenceSettings settings) throws IOException {
    JournalFiles files = read(settings.journalDirectory(), EventVisitor.NONE);
    compare(files, WitnessNote.read(settings.witnessFile()));
    return files.last();
  }

  /** Refuses a journal that ends before what the note says was synced. */
  static void compare(JournalFiles files, Optional<WitnessNote> note) throws DamagedData {
    if (note.isPresent() && note.get().durableSeq() > files.last()) {
      throw new DamagedData(
          "The journal ends at event "
              + files.last()
              + ", but event "
              + note.get().durableSeq()
              + " was acknowledged: its end was cut off or it was replaced by an old copy.");
    }
  }

  /** Reads all segments of {@code journal}, oldest first, and shows every event in order. */
  static JournalFiles read(Path journal, EventVisitor visitor) throws IOException {
    List<Segment> segments = new ArrayList<>();
    Path unfinished = null;
    long highest = 0;
    for (Path directory : directories(journal)) {
      if (unfinished != null) {
        throw damage(unfinished + " has lost its header");
      }
      highest = Long.parseLong(directory.getFileName().toString());
      Optional<Segment> segment = SegmentReader.read(directory, visitor);
      if (segment.isPresent()) {
        checkHeader(segment.get(), highest, segments);
        segments.add(segment.get());
      } else {
        unfinished = directory;
      }
    }
    checkWritten(segments);
    return new JournalFiles(segments, Optional.ofNullable(unfinished), highest);
  }

  private static List<Path> directories(Path journal) throws IOException {
    return DurableFiles.list(journal).stream()
        .filter(path -> path.getFileName().toString().matches("\\d{10}"))
        .filter(Files::isDirectory)
        .toList();
  }

  private static void checkHeader(Segment segment, long number, List<Segment> earlier)
      throws DamagedData {
    if (segment.number() != number) {
      throw damage(segment.directory() + " is a copy of segment " + segment.number());
    }
    if (!earlier.isEmpty()
        && segment.header().journalId() != earlier.getFirst().header().journalId()) {
      throw damage(segment.directory() + " belongs to another journal");
    }
    long previous = segment.header().previous();
    boolean dropped = earlier.isEmpty() && segment.hasEvents();
    boolean known = earlier.stream().anyMatch(other -> other.number() == previous);
    if (previous != 0 && !known && !dropped) {
      throw damage("segment " + previous + " is missing");
    }
  }

  private static void checkWritten(List<Segment> segments) throws DamagedData {
    Segment newest = null;
    boolean followed = false;
    for (Segment segment : segments) {
      if (segment.hasEvents()) {
        checkJoin(newest, segment);
        newest = segment;
        followed = false;
      } else {
        followed = true;
        if (newest != null && !newest.closed() && segment.flaw().isPresent()) {
          throw damage(
              newest.directory() + " isn't closed but " + segment.directory() + " is used");
        }
      }
    }
    if (newest != null && newest.closed() && !followed) {
      throw damage("the segment after " + newest.directory() + " is missing");
    }
  }

  private static void checkJoin(Segment older, Segment newer) throws DamagedData {
    if (older == null) {
      return;
    }
    if (!older.closed()) {
      String flaw = older.flaw().map(reason -> ": " + reason).orElse("");
      throw damage(older.directory() + " isn't closed" + flaw);
    }
    if (newer.header().previous() != older.number() || newer.lastBefore() != older.last()) {
      throw damage(
          newer.directory()
              + " begins behind event "
              + newer.lastBefore()
              + " of segment "
              + newer.header().previous()
              + ", and the one before it ends with event "
              + older.last());
    }
  }

  private static DamagedData damage(String finding) {
    return new DamagedData("The journal is damaged: " + finding + ".");
  }
}
