package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.persistence.RecordFormat.Mark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.fusesource.leveldbjni.JniDBFactory;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBIterator;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.impl.Iq80DBFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What this module relies on in LevelDB, or works around; an upgrade checks it again. */
final class LeveldbFactsTest {
  private static final Mark.Header HEADER = new Mark.Header(42, 1, 0);

  @TempDir Path journal;

  @ParameterizedTest
  @EnumSource
  void logHoldsExactlyTheFramedBatches(LeveldbEngine engine) throws IOException {
    Path log = write(engine, 30, 5, 700);
    try (LogReader reader = new LogReader(log)) {
      long number = 1;
      long expected = 0;
      while (reader.next() instanceof LogReader.Item.Found(long start, ByteBuffer content)) {
        assertEquals(number, BatchFormat.number(content));
        assertTrue(start >= expected && start - expected < LogFormat.HEADER_BYTES);
        number += BatchFormat.count(content);
        expected = LogFormat.advance(expected, content.remaining());
      }
      assertEquals(1 + 1 + 1 + 30 * 5, number);
      assertEquals(expected, reader.size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void ourFramingIsLeveldbs(LeveldbEngine engine) throws IOException {
    Path log = write(engine, 3, 2, 40_000);
    byte[] bytes = Files.readAllBytes(log);
    byte[] framed = new byte[bytes.length];
    try (LogReader reader = new LogReader(log)) {
      while (reader.next() instanceof LogReader.Item.Found(long start, ByteBuffer content)) {
        byte[] record = new byte[content.remaining()];
        content.get(record);
        ByteBuffer frame = LogFormat.frame(record, start);
        frame.get(framed, (int) start, frame.remaining());
      }
    }
    assertTrue(Arrays.equals(bytes, framed));
  }

  @ParameterizedTest
  @EnumSource
  void segmentStaysOneLogFileToItsEnd(LeveldbEngine engine) throws IOException {
    var settings = JournalFixture.settings(journal, "auto", 1 << 20);
    try (LeveldbSegment segment =
        LeveldbSegment.create(journal, engine, HEADER, settings.writeBufferBytes())) {
      for (long last = 0; segment.bytes() < settings.segmentBytes(); last += 500) {
        segment.append(JournalFixture.batch(last + 1, 500, 1));
      }
      segment.append(JournalFixture.batch(segment.last() + 1, 1, settings.requestBytesMax()));
      List<Path> files = DurableFiles.list(Segment.directory(journal, 1));
      assertFalse(
          files.stream().anyMatch(file -> file.toString().matches(".*\\.(sst|ldb)")),
          files.toString());
      assertEquals(1, files.stream().filter(file -> file.toString().endsWith(".log")).count());
    }
  }

  @Test
  void openLogIsLongerThanItsRecordsAndTheRestIsZeros() throws IOException {
    try (LeveldbSegment segment =
        LeveldbSegment.create(journal, LeveldbEngine.NATIVE, HEADER, 1 << 20)) {
      segment.append(JournalFixture.batch(1, 1, 100));
      Path log = Segment.log(Segment.directory(journal, 1)).orElseThrow();
      byte[] bytes = Files.readAllBytes(log);
      assertTrue(bytes.length > segment.bytes());
      for (int i = (int) segment.bytes(); i < bytes.length; i++) {
        assertEquals(0, bytes[i]);
      }
    }
  }

  @Test
  void openingADatabaseRewritesItsLog() throws IOException {
    Path log = write(LeveldbEngine.NATIVE, 10, 1, 100);
    try (DB database = JniDBFactory.factory.open(log.getParent().toFile(), new Options())) {
      assertNotEquals("", database.getProperty("leveldb.stats"));
    }
    assertTrue(Files.notExists(log), "the evidence is gone");
  }

  @Test
  void leveldbPassesOverADamagedBlockInSilence() throws IOException {
    Path log = write(LeveldbEngine.NATIVE, 100, 1, 1_000);
    byte[] bytes = Files.readAllBytes(log);
    bytes[50_000] ^= 1;
    Files.write(log, bytes);
    int events = 0;
    try (DB database = JniDBFactory.factory.open(log.getParent().toFile(), new Options());
        DBIterator iterator = database.iterator()) {
      for (iterator.seekToFirst(); iterator.hasNext(); iterator.next()) {
        events++;
      }
    }
    assertTrue(events > 10 && events < 100, events + " of 100 events, and no error");
  }

  @Test
  void javaPortRunsWithoutMemoryMap() {
    assertEquals(Iq80DBFactory.factory, LeveldbEngine.JAVA.factory());
    assertFalse(Iq80DBFactory.USE_MMAP);
  }

  @Test
  void nothingIsWrittenAfterAFailure() throws IOException {
    var segment = LeveldbSegment.create(journal, LeveldbEngine.JAVA, HEADER, 1 << 20);
    segment.append(JournalFixture.batch(1, 1, 100));
    Path log = Segment.log(Segment.directory(journal, 1)).orElseThrow();
    Files.write(log, new byte[1_000], StandardOpenOption.APPEND);
    assertThrows(IOException.class, () -> segment.append(JournalFixture.batch(2, 1, 100)));
    assertThrows(
        IllegalStateException.class, () -> segment.append(JournalFixture.batch(2, 1, 100)));
    segment.close();
  }

  private Path write(LeveldbEngine engine, int writes, int count, int length) throws IOException {
    try (LeveldbSegment segment = LeveldbSegment.create(journal, engine, HEADER, 8 << 20)) {
      for (int i = 0; i < writes; i++) {
        segment.append(JournalFixture.batch(1 + (long) i * count, count, length));
      }
    }
    return Segment.log(Segment.directory(journal, 1)).orElseThrow();
  }
}
