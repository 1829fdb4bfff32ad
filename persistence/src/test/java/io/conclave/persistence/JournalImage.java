package io.conclave.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The files that a killed process leaves: three closed segments, an open one that is sealed, and
 * one made ahead. {@code earlier} is the same journal when it was shorter.
 */
final class JournalImage {
  static final int OPEN_SEGMENT = 4;
  static final int MADE_AHEAD = 5;

  final Path temporary;
  final PersistenceSettings live;
  final PersistenceSettings settings;
  final PersistenceSettings earlier;
  final Path earlierOpenSegment;
  long events;
  long sealedEnd;

  private JournalImage(Path temporary, Path image) {
    this.temporary = temporary;
    this.live = JournalFixture.settings(temporary.resolve("live"));
    this.settings = JournalFixture.settings(image);
    this.earlier = JournalFixture.settings(temporary.resolve("earlier"));
    this.earlierOpenSegment = temporary.resolve("earlier-open-segment");
  }

  static JournalImage make(Path temporary) throws IOException {
    var image = new JournalImage(temporary, temporary.resolve("image"));
    image.write();
    if (image.read() != image.events) {
      throw new AssertionError("the image is not whole");
    }
    return image;
  }

  /** The same files again, for one test to damage. */
  JournalImage copyTo(Path directory) throws IOException {
    var copy = new JournalImage(temporary, directory);
    JournalFixture.copy(settings.directory(), directory);
    copy.events = events;
    copy.sealedEnd = sealedEnd;
    return copy;
  }

  private void write() throws IOException {
    try (SegmentedLog log = JournalFixture.open(live)) {
      while (!Files.exists(Segment.directory(live.journalDirectory(), MADE_AHEAD))) {
        if (log.last() == 150) {
          log.seal();
          JournalFixture.copy(live.directory(), earlier.directory());
        }
        JournalFixture.write(log, 1, 3, 300);
      }
      JournalFixture.write(log, 10, 3, 300);
      JournalFixture.copy(
          Segment.directory(live.journalDirectory(), OPEN_SEGMENT), earlierOpenSegment);
      JournalFixture.write(log, 30, 3, 300);
      events = log.last();
      log.seal();
      sealedEnd = end(JournalFixture.log(live, OPEN_SEGMENT));
      JournalFixture.copy(live.directory(), settings.directory());
    }
  }

  long read() throws IOException {
    return JournalFixture.read(settings);
  }

  Path log(int number) throws IOException {
    return JournalFixture.log(settings, number);
  }

  void note() throws IOException {
    new WitnessNote(events, 0, 0).write(settings.witnessFile());
  }

  void delete(int number) throws IOException {
    DurableFiles.deleteTree(Segment.directory(settings.journalDirectory(), number));
  }

  void cut(int number, long bytes) throws IOException {
    try (var channel = FileChannel.open(log(number), StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  void flip(int number, long offset) throws IOException {
    flip(log(number), offset);
  }

  static void flip(Path file, long offset) throws IOException {
    flip(file, offset, 4);
  }

  static void flip(Path file, long offset, int bit) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, offset);
      one.put(0, (byte) (one.get(0) ^ bit)).rewind();
      channel.write(one, offset);
    }
  }

  static void overwrite(Path file, long offset, byte[] bytes) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), offset);
    }
  }

  /** Where the zeros begin that end {@code log}. */
  static long end(Path log) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }
}
