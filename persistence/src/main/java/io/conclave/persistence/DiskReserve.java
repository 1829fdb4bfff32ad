package io.conclave.persistence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Watches the free space of the file systems that hold the member's data. LevelDB writes through a
 * memory map, where a full disk is not an error but a signal that kills the process (SIGBUS), so
 * space is asked for before it is used. Safe for any thread; one check costs about a microsecond.
 */
public final class DiskReserve {
  private final List<FileStore> stores;
  private final long reserveBytes;

  DiskReserve(List<FileStore> stores, long reserveBytes) {
    this.stores = List.copyOf(stores);
    this.reserveBytes = reserveBytes;
  }

  /**
   * @param directory must exist
   */
  public static DiskReserve of(Path directory, long reserveBytes) throws IOException {
    return new DiskReserve(List.of(Files.getFileStore(directory)), reserveBytes);
  }

  /** For the data directory and the journal's, which may lie on another disk; makes the latter. */
  static DiskReserve of(PersistenceSettings settings) {
    try {
      DurableFiles.createDirectories(settings.journalDirectory());
      return new DiskReserve(
          List.of(
              Files.getFileStore(settings.directory()),
              Files.getFileStore(settings.journalDirectory())),
          settings.diskReserveBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public long reserveBytes() {
    return reserveBytes;
  }

  /** Bytes that this process may still write; 0 if a file system doesn't say. */
  public long usableBytes() {
    long least = Long.MAX_VALUE;
    try {
      for (FileStore store : stores) {
        least = Math.min(least, store.getUsableSpace());
      }
      return least;
    } catch (IOException e) {
      return 0;
    }
  }

  /** True while new writes must be refused; it becomes false by itself once there is space. */
  public boolean isLow() {
    return usableBytes() < reserveBytes;
  }

  /** True if {@code bytes} can be written now, even if that eats into the reserve. */
  boolean fits(long bytes) {
    return usableBytes() >= bytes;
  }
}
