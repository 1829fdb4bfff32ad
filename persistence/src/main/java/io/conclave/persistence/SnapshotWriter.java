package io.conclave.persistence;

import static io.conclave.raft.core.Require.require;

import io.conclave.raft.codec.EntryCodec;
import io.conclave.raft.core.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Writes one snapshot file from front to back, holding one chunk of it in memory. */
final class SnapshotWriter {
  /** Bytes of a chunk of the tree; what one message of a transfer carries. */
  static final int CHUNK_BYTES = 128 << 10;

  private final FileChannel channel;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
  private final CRC32C transferred = new CRC32C();
  private long ordinal;
  private long treeBytes;

  private SnapshotWriter(FileChannel channel) {
    this.channel = channel;
  }

  /** Writes {@code handle} into {@code file} and forces it. */
  static void write(Path file, SnapshotHandle handle) throws IOException {
    try (FileChannel channel = DurableFiles.rewrite(file)) {
      new SnapshotWriter(channel).write(handle);
      channel.force(true);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void write(SnapshotHandle handle) throws IOException {
    DurableFiles.writeFully(channel, SnapshotFile.magic());
    long begin = channel.position();
    frame(SnapshotFrames.META, EntryCodec.encode(handle.meta()).asBuffer());
    handle.tree().writeTo(this::add);
    flushChunk();
    frame(
        SnapshotFrames.TREE_END,
        ByteBuffer.allocate(2 * Long.BYTES).putLong(ordinal).putLong(treeBytes).flip());
    long length = channel.position() - begin;
    int crc = (int) transferred.getValue();
    frame(SnapshotFrames.OWNER, owner(handle.owner()));
    frame(
        SnapshotFrames.MANIFEST,
        ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
            .putLong(begin)
            .putLong(length)
            .putInt(crc)
            .flip());
  }

  private static ByteBuffer owner(SnapshotOwner owner) {
    Bytes hardState = EntryCodec.encode(owner.hardState());
    ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + 1 + hardState.length());
    buffer.putLong(owner.cut()).put((byte) (owner.installed() ? 1 : 0));
    hardState.writeTo(buffer);
    return buffer.flip();
  }

  private void add(Bytes piece) {
    ByteBuffer rest = piece.asBuffer();
    treeBytes += rest.remaining();
    try {
      while (rest.hasRemaining()) {
        int part = Math.min(chunk.remaining(), rest.remaining());
        chunk.put(rest.slice(rest.position(), part));
        rest.position(rest.position() + part);
        if (!chunk.hasRemaining()) {
          flushChunk();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void flushChunk() throws IOException {
    chunk.flip();
    if (chunk.hasRemaining()) {
      frame(SnapshotFrames.TREE, chunk);
    }
    chunk.clear();
  }

  private void frame(byte kind, ByteBuffer content) throws IOException {
    require(
        content.remaining() <= SnapshotFrames.CONTENT_BYTES_MAX,
        "a piece of %d bytes in a snapshot",
        content.remaining());
    ByteBuffer header = SnapshotFrames.header(ordinal++, kind, content);
    transferred.update(header.duplicate());
    transferred.update(content.duplicate());
    DurableFiles.writeFully(channel, header);
    DurableFiles.writeFully(channel, content);
  }
}
