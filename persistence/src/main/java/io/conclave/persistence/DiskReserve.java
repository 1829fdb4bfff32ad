package io.conclave.persistence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Watches the free space of the file system that holds the data directory. LevelDB writes through a
 * memory map, where a full disk is not an error but a signal that kills the process (SIGBUS), so
 * space is asked for before it is used. Safe for any thread; one check costs about a microsecond.
 */
public final class DiskReserve {
  private final FileStore store;
  private final long reserveBytes;

  private DiskReserve(FileStore store, long reserveBytes) {
    this.store = store;
    this.reserveBytes = reserveBytes;
  }

  /**
   * @param directory must exist
   */
  public static DiskReserve of(Path directory, long reserveBytes) throws IOException {
    return new DiskReserve(Files.getFileStore(directory), reserveBytes);
  }

  /** For the whole data directory, which must exist. */
  static DiskReserve of(PersistenceSettings settings) {
    try {
      return of(settings.directory(), settings.diskReserveBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public long reserveBytes() {
    return reserveBytes;
  }

  /** Bytes that this process may still write; 0 if the file system doesn't say. */
  public long usableBytes() {
    try {
      return store.getUsableSpace();
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
