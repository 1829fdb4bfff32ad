package io.conclave.persistence;

import io.conclave.persistence.RecordFormat.Mark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** Reads one segment from its header to its end and checks all that can be checked within it. */
final class SegmentReader {
  /** Receives events in order of their sequence numbers. */
  interface EventVisitor {
    /**
     * @param payload valid during the call only
     */
    void event(long sequenceNr, ByteBuffer payload) throws IOException;

    EventVisitor NONE = (sequenceNr, payload) -> {};
  }

  private final Path log;
  private final EventVisitor visitor;
  private Mark.Header header;
  private boolean hasEvents;
  private long lastBefore = -1;
  private long last = -1;
  private boolean closed;
  private long nextNumber = 1;

  private SegmentReader(Path log, EventVisitor visitor) {
    this.log = log;
    this.visitor = visitor;
  }

  /**
   * Reads the segment in {@code directory}.
   *
   * @return empty if there is no header and nothing behind it: a segment that was just being made
   * @throws DamagedData if a record is broken and others follow it, or a whole one is not what
   *     belongs there
   */
  static Optional<Segment> read(Path directory, EventVisitor visitor) throws IOException {
    Optional<Path> log = Segment.log(directory);
    if (log.isEmpty()) {
      return Optional.empty();
    }
    try (LogReader reader = new LogReader(log.get())) {
      return new SegmentReader(log.get(), visitor).read(reader);
    }
  }

  private Optional<Segment> read(LogReader reader) throws IOException {
    while (true) {
      switch (reader.next()) {
        case LogReader.Item.Found(long start, ByteBuffer content) -> batch(start, content);
        case LogReader.Item.End(long start) -> {
          return segment(start, Optional.empty());
        }
        case LogReader.Item.Broken(long start, String reason) -> {
          if (closed || reader.recordBeginsAfter(start, this::couldBeOurs)) {
            throw damage(start, reason + ", with more behind it");
          }
          return segment(start, Optional.of(reason));
        }
      }
    }
  }

  private Optional<Segment> segment(long end, Optional<String> flaw) {
    return header == null
        ? Optional.empty()
        : Optional.of(
            new Segment(log, header, hasEvents, lastBefore, last, closed, end, nextNumber, flaw));
  }

  private void batch(long start, ByteBuffer content) throws IOException {
    long number = BatchFormat.number(content);
    if (number != nextNumber) {
      throw damage(start, "write " + number + " instead of " + nextNumber);
    }
    if (closed) {
      throw damage(start, "a record behind the closed mark");
    }
    boolean wellFormed = BatchFormat.visit(content, (key, value) -> put(start, key, value));
    if (!wellFormed) {
      throw damage(start, "a malformed write");
    }
    nextNumber += BatchFormat.count(content);
  }

  private void put(long start, ByteBuffer key, ByteBuffer value) throws IOException {
    if (RecordFormat.isEventKey(key)) {
      event(start, key.getLong(0), value);
      return;
    }
    Mark mark =
        RecordFormat.mark(header == null ? 0 : header.journalId(), key, value)
            .orElseThrow(() -> damage(start, "an unknown mark or one with a wrong checksum"));
    if ((mark instanceof Mark.Header) != (header == null)) {
      throw damage(start, header == null ? "no header in front" : "a second header");
    }
    switch (mark) {
      case Mark.Header first -> header = first;
      case Mark.Begin(long before) -> {
        check(start, last == -1, "a second beginning");
        lastBefore = before;
        last = before;
      }
      case Mark.Seal(long sealed) ->
          check(start, hasEvents && sealed == last, "a seal of " + sealed);
      case Mark.Closed(long named) -> {
        check(start, hasEvents && named == last, "a closed mark that names " + named);
        closed = true;
      }
    }
  }

  private void event(long start, long sequenceNr, ByteBuffer value) throws IOException {
    check(start, header != null && last >= 0, "an event in front of the segment's beginning");
    check(start, sequenceNr == last + 1, "event " + sequenceNr);
    Optional<ByteBuffer> payload = RecordFormat.eventPayload(header.journalId(), sequenceNr, value);
    check(start, payload.isPresent(), "event " + sequenceNr + " with a wrong checksum");
    last = sequenceNr;
    hasEvents = true;
    visitor.event(sequenceNr, payload.get());
  }

  /**
   * Judges a valid fragment behind a broken record: can it begin a later record of this log? A
   * whole one must have our salted checksums, so that a value which a client made up to look like a
   * log doesn't count; of the first piece of a longer one only the number can be judged.
   */
  private boolean couldBeOurs(ByteBuffer content) {
    if (content.remaining() < BatchFormat.HEADER_BYTES) {
      return true;
    }
    return BatchFormat.number(content) > nextNumber
        && BatchFormat.count(content) > 0
        && (header == null || !isForgery(content));
  }

  private boolean isForgery(ByteBuffer content) {
    boolean[] forged = new boolean[1];
    try {
      boolean whole =
          BatchFormat.visit(
              content,
              (key, value) ->
                  forged[0] |=
                      RecordFormat.isEventKey(key)
                          ? RecordFormat.eventPayload(header.journalId(), key.getLong(0), value)
                              .isEmpty()
                          : RecordFormat.mark(header.journalId(), key, value).isEmpty());
      return whole && forged[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check(long start, boolean holds, String finding) throws DamagedData {
    if (!holds) {
      throw damage(start, finding + " after event " + last);
    }
  }

  private DamagedData damage(long start, String finding) {
    return new DamagedData(
        "The journal is damaged: " + log + " has at byte " + start + " " + finding + ".");
  }
}
