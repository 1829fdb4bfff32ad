package io.conclave.persistence;

import static io.conclave.raft.core.Require.require;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small file beside the journal that says how far it was synced. It is replaced once a second and
 * on stop, and never forced: it may be old after a loss of power, but what it says was true when it
 * was written. So a journal that ends earlier has lost acknowledged events.
 *
 * @param durableSeq highest sequence number whose sync was confirmed
 * @param commit highest index known to be committed
 * @param clusterTime milliseconds, the highest known
 */
record WitnessNote(long durableSeq, long commit, long clusterTime) {
  private static final int MAGIC = 0x434e4f54;
  private static final int VERSION = 1;
  private static final int BYTES = 2 * Integer.BYTES + 3 * Long.BYTES + Integer.BYTES;

  WitnessNote {
    require(
        durableSeq >= 0 && commit >= 0 && clusterTime >= 0,
        "negative note: durableSeq=%d commit=%d clusterTime=%d",
        durableSeq,
        commit,
        clusterTime);
  }

  /** The note in {@code file}; empty if it is missing or damaged, which proves nothing. */
  static Optional<WitnessNote> read(Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length != BYTES
        || buffer.getInt(BYTES - Integer.BYTES) != crc(bytes)
        || buffer.getInt() != MAGIC
        || buffer.getInt() != VERSION) {
      return Optional.empty();
    }
    return Optional.of(new WitnessNote(buffer.getLong(), buffer.getLong(), buffer.getLong()));
  }

  void write(Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES).putInt(MAGIC).putInt(VERSION);
    buffer.putLong(durableSeq).putLong(commit).putLong(clusterTime);
    buffer.putInt(crc(buffer.array()));
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel = DurableFiles.rewrite(temporary)) {
      DurableFiles.writeFully(channel, buffer.rewind());
    }
    Files.move(temporary, file, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, BYTES - Integer.BYTES);
    return (int) crc.getValue();
  }
}
