package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskReserveTest {
  @TempDir Path directory;

  @Test
  void isLowBelowTheReserveOnly() throws IOException {
    DiskReserve small = DiskReserve.of(directory, 1);
    assertTrue(small.usableBytes() > 0);
    assertFalse(small.isLow());
    assertTrue(DiskReserve.of(directory, Long.MAX_VALUE).isLow());
  }

  @Test
  void eatingIntoTheReserveIsPossibleWhileThereIsSpace() throws IOException {
    DiskReserve large = DiskReserve.of(directory, Long.MAX_VALUE);
    assertTrue(large.fits(1));
    assertFalse(large.fits(Long.MAX_VALUE));
  }

  @Test
  void watchesTheJournalsDiskAsWell() throws IOException {
    Path memory = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(memory), "needs a second file system");
    Path other = Files.createTempDirectory(memory, "journal");
    try {
      PersistenceSettings settings = settings(0, other);
      long least =
          Math.min(
              Files.getFileStore(directory).getUsableSpace(),
              Files.getFileStore(other).getUsableSpace());
      long tolerance = least / 10;
      assertEquals(least, DiskReserve.of(settings).usableBytes(), tolerance);
    } finally {
      DurableFiles.deleteTree(other);
    }
  }

  @Test
  void journalDoesNotStartBelowTheReserve() throws IOException {
    IOException refused =
        assertThrows(IOException.class, () -> JournalFixture.open(settings(Long.MAX_VALUE)));
    assertTrue(refused.getMessage().startsWith("No space: "), refused.getMessage());
    assertFalse(refused instanceof DamagedData);
    assertEquals(0, DurableFiles.list(settings(0).journalDirectory()).size());
  }

  private PersistenceSettings settings(long diskReserveBytes) {
    return settings(diskReserveBytes, directory.resolve("journal"));
  }

  private PersistenceSettings settings(long diskReserveBytes, Path journal) {
    return new PersistenceSettings(
        directory,
        journal,
        "native",
        JournalFixture.SEGMENT_BYTES,
        1 << 20,
        Duration.ofMillis(20),
        Duration.ofSeconds(1),
        diskReserveBytes,
        5);
  }
}
