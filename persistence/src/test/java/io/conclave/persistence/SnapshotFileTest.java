package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.LogPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SnapshotFileTest {
  private static final int CHUNK_BYTES = SnapshotWriter.CHUNK_BYTES;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 1_000_000})
  void whatIsWrittenIsRead(int treeBytes) throws IOException {
    SnapshotHandle handle = SnapshotFixture.handle(12, 40, true, treeBytes);
    Path file = write("a", handle);
    SnapshotFile read = SnapshotFile.verify(file);
    assertEquals(handle.meta(), read.meta());
    assertEquals(handle.owner(), read.owner());
    assertEquals(SnapshotFixture.tree(handle), SnapshotFixture.tree(file));
  }

  @Test
  void anyFlippedBitIsNoticed() throws IOException {
    Path file = write("a", SnapshotFixture.handle(12, 40, false, 3 * CHUNK_BYTES));
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(3);
    for (int i = 0; i < 400; i++) {
      int at = i < 100 ? i : i < 200 ? good.length - 1 - (i - 100) : random.nextInt(good.length);
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bad);
      assertThrows(DamagedData.class, () -> SnapshotFile.verify(file), "byte " + at);
    }
  }

  @Test
  void fileCutAnywhereIsNoticed() throws IOException {
    Path file = write("a", SnapshotFixture.handle(12, 40, false, 2 * CHUNK_BYTES));
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(4);
    for (int i = 0; i < 300; i++) {
      int length = i < 100 ? good.length - 1 - i : random.nextInt(good.length);
      Files.write(file, Arrays.copyOf(good, length));
      assertThrows(DamagedData.class, () -> SnapshotFile.verify(file), "cut at " + length);
    }
    Files.write(file, Arrays.copyOf(good, good.length + 1));
    assertThrows(DamagedData.class, () -> SnapshotFile.verify(file));
  }

  @Test
  void chunksThatChangedPlacesAreNoticed() throws IOException {
    Path file = write("a", SnapshotFixture.handle(12, 40, false, 3 * CHUNK_BYTES));
    byte[] bytes = Files.readAllBytes(file);
    int framed = SnapshotFrames.HEADER_BYTES + CHUNK_BYTES;
    int metaBytes = bytes[10] << 24 | bytes[11] << 16 | bytes[12] << 8 | bytes[13];
    int first = (int) SnapshotFile.verify(file).begin() + SnapshotFrames.HEADER_BYTES + metaBytes;
    byte[] swapped = bytes.clone();
    System.arraycopy(bytes, first, swapped, first + framed, framed);
    System.arraycopy(bytes, first + framed, swapped, first, framed);
    Files.write(file, swapped);
    DamagedData damage = assertThrows(DamagedData.class, () -> SnapshotFile.verify(file));
    assertTrue(damage.getMessage().contains("Piece 1 "), damage.getMessage());
  }

  @Test
  void ownersPartIsNotInWhatIsSent() throws IOException {
    SnapshotFile own =
        SnapshotFile.verify(write("own", SnapshotFixture.handle(12, 40, false, 500_000)));
    SnapshotFile other =
        SnapshotFile.verify(write("other", SnapshotFixture.handle(12, 77, true, 500_000)));
    assertEquals(own.crc(), other.crc());
    assertArrayEquals(sent(own), sent(other));
  }

  @Test
  void treeThatCanNotBeWrittenFailsTheSave() {
    SnapshotHandle handle =
        new SnapshotHandle(
            SnapshotFixture.meta(12),
            SnapshotFixture.owner(40, false),
            pieces -> {
              throw new UncheckedIOException(new IOException("no space left"));
            });
    IOException failure = assertThrows(IOException.class, () -> write("a", handle));
    assertEquals("no space left", failure.getMessage());
  }

  @Test
  void namesTellIndexTermAndCut() {
    var name = new SnapshotName(new LogPosition(3, 0x1234), 77, true);
    assertEquals(
        "0000000000001234-0000000000000003-000000000000004d-installed.snapshot", name.toString());
    assertEquals(Optional.of(name), SnapshotName.of(name.in(directory)));
    assertEquals(Optional.empty(), SnapshotName.of(directory.resolve(name + ".tmp")));
    assertEquals(Optional.empty(), SnapshotName.of(directory.resolve("x.snapshot")));
    assertTrue(name.compareTo(new SnapshotName(new LogPosition(2, 0x1235), 1, false)) < 0);
  }

  private Path write(String name, SnapshotHandle handle) throws IOException {
    Path file = directory.resolve(name);
    SnapshotWriter.write(file, handle);
    return file;
  }

  private static byte[] sent(SnapshotFile file) throws IOException {
    byte[] bytes = Files.readAllBytes(file.path());
    return Arrays.copyOfRange(bytes, (int) file.begin(), (int) (file.begin() + file.length()));
  }
}
