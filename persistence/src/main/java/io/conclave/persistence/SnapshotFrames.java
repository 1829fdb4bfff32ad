package io.conclave.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32C;

/**
 * The pieces of a snapshot file: a kind, a length, a CRC32C over the piece's place in the file, its
 * kind and its content. So a piece that was moved, left out or repeated shows like a flipped bit.
 */
final class SnapshotFrames {
  static final int HEADER_BYTES = 9;

  /** Most bytes of one piece; the membership of the largest cluster fits as well. */
  static final int CONTENT_BYTES_MAX = 1 << 20;

  static final byte META = 1;
  static final byte TREE = 2;
  static final byte TREE_END = 3;
  static final byte OWNER = 4;
  static final byte MANIFEST = 5;

  /**
   * @param content valid until the next frame is read
   */
  record Frame(byte kind, ByteBuffer content) {}

  private SnapshotFrames() {}

  static ByteBuffer header(long ordinal, byte kind, ByteBuffer content) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .put(kind)
        .putInt(content.remaining())
        .putInt(crc(ordinal, kind, content))
        .flip();
  }

  /**
   * Reads the frame at this place.
   *
   * @param buffer holds the content; of {@link #CONTENT_BYTES_MAX} bytes
   * @throws DamagedData if it is not whole
   */
  static Frame read(ReadableByteChannel channel, long ordinal, ByteBuffer buffer)
      throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    readFully(channel, header);
    byte kind = header.get();
    int length = header.getInt();
    int expected = header.getInt();
    if (length < 0 || length > buffer.capacity()) {
      throw new DamagedData("Piece " + ordinal + " of a snapshot has an impossible length.");
    }
    buffer.clear().limit(length);
    readFully(channel, buffer);
    if (crc(ordinal, kind, buffer) != expected) {
      throw new DamagedData("Piece " + ordinal + " of a snapshot has a wrong checksum.");
    }
    return new Frame(kind, buffer);
  }

  static void readFully(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new DamagedData("A snapshot file ends too early.");
      }
    }
    buffer.flip();
  }

  private static int crc(long ordinal, byte kind, ByteBuffer content) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES + 1).putLong(ordinal).put(kind).flip());
    crc.update(content.duplicate());
    return (int) crc.getValue();
  }
}
