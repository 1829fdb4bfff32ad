package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.persistence.RecordFormat.Mark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a start makes of the files that a crash can leave. */
final class JournalCrashTest {
  private static final int PAGE_BYTES = 4096;
  private static final int OLD_EVENTS = 21;

  @TempDir Path temporary;

  /** The log before and after one unacknowledged write, as files of the same length. */
  private record Write(PersistenceSettings settings, Path log, byte[] before, byte[] after) {
    int begin() {
      return Arrays.mismatch(before, after);
    }

    int end() {
      return (int) JournalCrashTest.end(after);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 100", "1, 5000", "40, 300", "1, 100000", "300, 1000"})
  void pagesOfTheWriteInFlightMayArriveInAnyOrder(int count, int length) throws IOException {
    Write write = interruptedWrite(count, length);
    Random random = new Random(count);
    for (int round = 0; round < 60; round++) {
      byte[] torn = write.before.clone();
      boolean whole = true;
      for (int page = write.begin() / PAGE_BYTES; page * PAGE_BYTES < write.end(); page++) {
        int from = page * PAGE_BYTES;
        int to = Math.min(from + PAGE_BYTES, torn.length);
        if (random.nextInt(4) > 0) {
          System.arraycopy(write.after, from, torn, from, to - from);
        } else {
          whole &= Arrays.equals(write.before, from, to, write.after, from, to);
        }
      }
      Files.write(write.log, torn);
      assertEquals(whole ? OLD_EVENTS + count : OLD_EVENTS, JournalFixture.read(write.settings));
    }
    reopened(write.settings);
  }

  @ParameterizedTest
  @CsvSource({"1, 100", "40, 300", "1, 100000"})
  void fileMayEndAnywhereInTheWriteInFlight(int count, int length) throws IOException {
    Write write = interruptedWrite(count, length);
    Random random = new Random(length);
    for (int round = 0; round < 100; round++) {
      int cut = random.nextInt(write.begin(), write.end());
      Files.write(write.log, Arrays.copyOf(write.after, cut));
      assertEquals(OLD_EVENTS, JournalFixture.read(write.settings), "cut at " + cut);
    }
    reopened(write.settings);
  }

  @Test
  void sameCutInAnAcknowledgedWriteIsRefusedByTheNote() throws IOException {
    Write write = interruptedWrite(3, 300);
    int cut = (write.begin() + write.end()) / 2;
    Files.write(write.log, Arrays.copyOf(write.after, cut));
    new WitnessNote(OLD_EVENTS, 0, 0).write(write.settings.witnessFile());
    assertEquals(OLD_EVENTS, JournalFixture.read(write.settings));
    new WitnessNote(OLD_EVENTS + 3, 0, 0).write(write.settings.witnessFile());
    assertThrows(DamagedData.class, () -> JournalFixture.read(write.settings));
    assertThrows(DamagedData.class, () -> JournalFixture.open(write.settings));
  }

  @Test
  void crashWhileTheTailIsCutOffIsRepeatable() throws IOException {
    Write write = interruptedWrite(1, 5000);
    int cut = write.end() - 10;
    Files.write(write.log, Arrays.copyOf(write.after, cut));
    Segment torn =
        JournalFileCheck.read(write.settings.journalDirectory(), SegmentReader.EventVisitor.NONE)
            .newest()
            .orElseThrow();
    assertTrue(torn.flaw().isPresent());
    SegmentEnd.close(torn);
    byte[] closed = Files.readAllBytes(write.log);
    for (int bytes = (int) torn.end(); bytes < closed.length; bytes++) {
      Files.write(write.log, Arrays.copyOf(closed, bytes));
      assertEquals(OLD_EVENTS, JournalFixture.read(write.settings));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "java"})
  void imagesTakenWhileWritingHoldEveryAcknowledgedEvent(String engine) throws Exception {
    var live = JournalFixture.settings(temporary.resolve("live"), engine, 64 << 20);
    AtomicLong acknowledged = new AtomicLong();
    AtomicBoolean enough = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              Random random = new Random(1);
              try (SegmentedLog log = JournalFixture.open(live)) {
                while (!enough.get()) {
                  int count = 1 + random.nextInt(20);
                  log.append(
                      JournalFixture.batch(log.last() + 1, count, 50 + random.nextInt(2_000)));
                  acknowledged.set(log.last());
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    writer.start();
    try {
      for (int round = 0; round < 8; round++) {
        long seen = acknowledged.get();
        while (acknowledged.get() == seen) {
          Thread.onSpinWait();
        }
        var image = JournalFixture.settings(temporary.resolve("image" + round));
        long atLeast = acknowledged.get();
        copyLastBytesFirst(JournalFixture.log(live, 1), image);
        long events = JournalFixture.read(image);
        assertTrue(events >= atLeast, events + " events of " + atLeast);
        reopened(image);
      }
    } finally {
      enough.set(true);
      writer.join();
    }
  }

  @Test
  void startThatWasInterruptedAnywhereIsRepeatable() throws IOException {
    var settings = JournalFixture.settings(temporary.resolve("start"));
    try (SegmentedLog log = JournalFixture.open(settings)) {
      JournalFixture.write(log, 3, 1, 100);
    }
    Path journal = settings.journalDirectory();
    Files.createDirectory(Segment.directory(journal, 3));
    reopenedCopy(settings, "without-header");
    JournalFiles files = JournalFileCheck.read(journal, SegmentReader.EventVisitor.NONE);
    Mark.Header header = new Mark.Header(files.journalId().orElseThrow(), 3, 1);
    LeveldbSegment.create(journal, LeveldbEngine.NATIVE, header, 1 << 20).close();
    reopenedCopy(settings, "begun");
    SegmentEnd.close(files.newest().orElseThrow());
    reopenedCopy(settings, "closed");
    DurableFiles.deleteTree(Segment.directory(journal, 2));
    reopenedCopy(settings, "cleaned");
  }

  private void reopenedCopy(PersistenceSettings settings, String name) throws IOException {
    var copy = JournalFixture.settings(temporary.resolve(name));
    JournalFixture.copy(settings.directory(), copy.directory());
    assertEquals(3, JournalFixture.read(copy));
    reopened(copy);
  }

  private void reopened(PersistenceSettings settings) throws IOException {
    long before = JournalFixture.read(settings);
    try (SegmentedLog log = JournalFixture.open(settings)) {
      assertEquals(before, log.last());
      JournalFixture.write(log, 2, 2, 70);
    }
    assertEquals(before + 4, JournalFixture.read(settings));
  }

  private Write interruptedWrite(int count, int length) throws IOException {
    var live = JournalFixture.settings(temporary.resolve("live"), "native", 1 << 20);
    var image = JournalFixture.settings(temporary.resolve("image"));
    byte[] before;
    byte[] after;
    try (SegmentedLog log = JournalFixture.open(live)) {
      JournalFixture.write(log, OLD_EVENTS / 3, 3, 500);
      JournalFixture.copy(live.directory(), image.directory());
      before = Files.readAllBytes(JournalFixture.log(live, 1));
      JournalFixture.write(log, 1, count, length);
      after = Files.readAllBytes(JournalFixture.log(live, 1));
    }
    int longer = Math.max(before.length, after.length);
    return new Write(
        image,
        JournalFixture.log(image, 1),
        Arrays.copyOf(before, longer),
        Arrays.copyOf(after, longer));
  }

  /** Copies a log that is being appended to so that nothing is copied without what it follows. */
  private static void copyLastBytesFirst(Path log, PersistenceSettings image) throws IOException {
    Path target = Segment.directory(image.journalDirectory(), 1).resolve(log.getFileName());
    Files.createDirectories(target.getParent());
    try (var from = FileChannel.open(log, StandardOpenOption.READ);
        var to = FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (long page = from.size() / PAGE_BYTES; page >= 0; page--) {
        ByteBuffer bytes = ByteBuffer.allocate(PAGE_BYTES);
        from.read(bytes, page * PAGE_BYTES);
        to.write(bytes.flip(), page * PAGE_BYTES);
      }
    }
  }

  private static long end(byte[] log) {
    int end = log.length;
    while (log[end - 1] == 0) {
      end--;
    }
    return end;
  }
}
