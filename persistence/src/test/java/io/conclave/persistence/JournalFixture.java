package io.conclave.persistence;

import io.conclave.persistence.LeveldbSegment.Event;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Small journals for tests: events whose bytes follow from their sequence number. */
final class JournalFixture {
  static final int SEGMENT_BYTES = 64 << 10;

  private JournalFixture() {}

  static PersistenceSettings settings(Path directory) {
    return settings(directory, "native", SEGMENT_BYTES);
  }

  static PersistenceSettings settings(Path directory, String engine, int segmentBytes) {
    return new PersistenceSettings(
        directory,
        directory.resolve("journal"),
        engine,
        segmentBytes,
        8 << 20,
        Duration.ofMillis(20),
        Duration.ofSeconds(1),
        0,
        5);
  }

  static SegmentedLog open(PersistenceSettings settings) throws IOException {
    return SegmentedLog.open(settings, Runnable::run);
  }

  static byte[] payload(long sequenceNr, int length) {
    byte[] payload = new byte[length];
    new Random(sequenceNr).nextBytes(payload);
    return payload;
  }

  static List<Event> batch(long first, int count, int length) {
    List<Event> events = new ArrayList<>();
    for (long sequenceNr = first; sequenceNr < first + count; sequenceNr++) {
      events.add(new Event(sequenceNr, payload(sequenceNr, length)));
    }
    return events;
  }

  /** Appends {@code writes} batches of {@code count} events of {@code length} bytes. */
  static void write(SegmentedLog log, int writes, int count, int length) throws IOException {
    for (int i = 0; i < writes; i++) {
      log.append(batch(log.last() + 1, count, length));
    }
  }

  /** Reads the whole journal, checks that every event is what was written, and counts them. */
  static long read(PersistenceSettings settings) throws IOException {
    long[] last = new long[1];
    var replay =
        new Replay(
            1,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            (sequenceNr, payload) -> {
              byte[] expected = payload(sequenceNr, payload.remaining());
              if (!payload.equals(ByteBuffer.wrap(expected))) {
                throw new AssertionError("event " + sequenceNr + " has other bytes");
              }
              last[0] = sequenceNr;
            });
    JournalFiles files = JournalFileCheck.read(settings.journalDirectory(), replay);
    JournalFileCheck.compare(files, WitnessNote.read(settings.witnessFile()));
    if (files.last() != last[0]) {
      throw new AssertionError("read " + last[0] + " events of " + files.last());
    }
    return last[0];
  }

  static Path log(PersistenceSettings settings, int number) throws IOException {
    return Segment.log(Segment.directory(settings.journalDirectory(), number)).orElseThrow();
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
