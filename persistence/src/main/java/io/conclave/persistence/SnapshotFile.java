package io.conclave.persistence;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.SnapshotMeta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A finished snapshot file. In order: magic and version; the part that can be sent to others, which
 * is the meta data, the tree in chunks and their number; the part of its owner; the manifest, which
 * tells where the first part lies and its CRC32C. Without a manifest a file is not finished.
 *
 * @param begin offset of the part that can be sent
 * @param length of that part, in bytes
 * @param crc of that part
 */
record SnapshotFile(
    Path path, SnapshotMeta meta, SnapshotOwner owner, long begin, long length, int crc) {
  private static final String MAGIC = "CONCLAVE";
  private static final byte VERSION = 1;

  /**
   * The part that can be sent.
   *
   * @param crc CRC32C of its bytes
   */
  record Sent(SnapshotMeta meta, long length, int crc) {}

  static ByteBuffer magic() {
    return ByteBuffer.allocate(MAGIC.length() + 1)
        .put(MAGIC.getBytes(US_ASCII))
        .put(VERSION)
        .flip();
  }

  /**
   * Reads all of {@code path} and checks that every byte is what was written.
   *
   * @throws DamagedData if any is not
   */
  static SnapshotFile verify(Path path) throws IOException {
    return read(path, chunk -> {});
  }

  /**
   * Like {@link #verify}, showing the tree on the way. What was made of it counts only once this
   * has returned, because the rest is checked afterwards.
   *
   * @param tree is given the chunks in order
   */
  static SnapshotFile read(Path path, Consumer<Bytes> tree) throws IOException {
    return SnapshotReader.read(path, tree);
  }
}
