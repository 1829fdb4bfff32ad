package io.conclave.persistence;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the journal's directory holds, after it was read and found whole.
 *
 * @param segments those with a header, ascending by number
 * @param unfinished a directory whose making was interrupted before its header was on disk
 * @param highestNumber of any segment directory, 0 if there is none
 */
record JournalFiles(List<Segment> segments, Optional<Path> unfinished, long highestNumber) {
  JournalFiles {
    segments = List.copyOf(segments);
  }

  /** Segments that hold events, ascending. */
  List<Segment> written() {
    return segments.stream().filter(Segment::hasEvents).toList();
  }

  /** Segments that were made ahead and never used, ascending. */
  List<Segment> unused() {
    return segments.stream().filter(segment -> !segment.hasEvents()).toList();
  }

  Optional<Segment> newest() {
    List<Segment> written = written();
    return written.isEmpty() ? Optional.empty() : Optional.of(written.getLast());
  }

  Optional<Long> journalId() {
    return segments.stream().findFirst().map(segment -> segment.header().journalId());
  }

  /** Sequence number of the newest event, 0 if there was never one. */
  long last() {
    return newest().map(Segment::last).orElse(0L);
  }

  /** Sequence number of the oldest event, {@code last() + 1} if there is none. */
  long first() {
    List<Segment> written = written();
    return written.isEmpty() ? 1 : written.getFirst().lastBefore() + 1;
  }
}
