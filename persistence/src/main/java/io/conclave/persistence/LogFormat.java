package io.conclave.persistence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The block format of LevelDB's log files: records are cut into fragments that never cross a block
 * of 32 KiB; each fragment has a masked CRC32C, a length and a type. A rest of a block too short
 * for a header is zeros.
 *
 * @see <a href="https://github.com/google/leveldb/blob/main/doc/log_format.md">log_format.md</a>
 */
final class LogFormat {
  static final int BLOCK_BYTES = 32 * 1024;
  static final int HEADER_BYTES = 7;

  static final int FULL = 1;
  static final int FIRST = 2;
  static final int MIDDLE = 3;
  static final int LAST = 4;

  private static final int MASK_DELTA = 0xa282ead8;

  private LogFormat() {}

  static int leftInBlock(long offset) {
    return BLOCK_BYTES - (int) (offset % BLOCK_BYTES);
  }

  /** The CRC as it stands in the file, over the type and the fragment's content. */
  static int crc(int type, byte[] array, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(type);
    crc.update(array, from, length);
    int value = (int) crc.getValue();
    return Integer.rotateRight(value, 15) + MASK_DELTA;
  }

  /** Where the log ends after a record of {@code length} bytes was appended at {@code offset}. */
  static long advance(long offset, long length) {
    long at = offset;
    long left = length;
    do {
      if (leftInBlock(at) < HEADER_BYTES) {
        at += leftInBlock(at);
      }
      long fragment = Math.min(left, leftInBlock(at) - HEADER_BYTES);
      at += HEADER_BYTES + fragment;
      left -= fragment;
    } while (left > 0);
    return at;
  }

  /** The bytes that append {@code record} to a log that ends at {@code offset}. */
  static ByteBuffer frame(byte[] record, long offset) {
    long end = advance(offset, record.length);
    ByteBuffer framed =
        ByteBuffer.allocate(Math.toIntExact(end - offset)).order(ByteOrder.LITTLE_ENDIAN);
    int from = 0;
    boolean first = true;
    do {
      long at = offset + framed.position();
      if (leftInBlock(at) < HEADER_BYTES) {
        framed.position(framed.position() + leftInBlock(at));
        at = offset + framed.position();
      }
      int length = Math.min(record.length - from, leftInBlock(at) - HEADER_BYTES);
      boolean last = from + length == record.length;
      int type = first ? (last ? FULL : FIRST) : (last ? LAST : MIDDLE);
      first = false;
      framed.putInt(crc(type, record, from, length)).putShort((short) length).put((byte) type);
      framed.put(record, from, length);
      from += length;
    } while (from < record.length);
    return framed.flip();
  }
}
