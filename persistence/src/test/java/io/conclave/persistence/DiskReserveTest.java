package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
  void journalDoesNotStartBelowTheReserve() throws IOException {
    IOException refused =
        assertThrows(IOException.class, () -> JournalFixture.open(settings(Long.MAX_VALUE)));
    assertTrue(refused.getMessage().startsWith("No space: "), refused.getMessage());
    assertFalse(refused instanceof DamagedData);
    assertEquals(0, DurableFiles.list(settings(0).journalDirectory()).size());
  }

  private PersistenceSettings settings(long diskReserveBytes) {
    return new PersistenceSettings(
        directory,
        "native",
        JournalFixture.SEGMENT_BYTES,
        1 << 20,
        Duration.ofMillis(20),
        Duration.ofSeconds(1),
        diskReserveBytes,
        5);
  }
}
