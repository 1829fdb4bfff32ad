package io.conclave.persistence;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The content of one log record: a LevelDB write batch, that is LevelDB's own sequence number, a
 * count, and as many puts. LevelDB numbers every put of a database from 1 on, so a batch that
 * doesn't continue the number of the one before shows a lost record.
 */
final class BatchFormat {
  static final int HEADER_BYTES = 12;

  private static final int PUT = 1;

  /** Receives the puts of a batch; the buffers are only valid during the call. */
  interface PutVisitor {
    void put(ByteBuffer key, ByteBuffer value) throws IOException;
  }

  private BatchFormat() {}

  /** LevelDB's number of the first put, or -1 if {@code batch} is too short to have one. */
  static long number(ByteBuffer batch) {
    return batch.remaining() < HEADER_BYTES ? -1 : little(batch).getLong(0);
  }

  static int count(ByteBuffer batch) {
    return batch.remaining() < HEADER_BYTES ? -1 : little(batch).getInt(8);
  }

  /** Shows all puts in order; false if the batch is not well formed. */
  static boolean visit(ByteBuffer batch, PutVisitor visitor) throws IOException {
    int count = count(batch);
    ByteBuffer rest = batch.duplicate();
    try {
      rest.position(HEADER_BYTES);
      for (int i = 0; i < count; i++) {
        if (rest.get() != PUT) {
          return false;
        }
        ByteBuffer key = sized(rest);
        visitor.put(key, sized(rest));
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      return false;
    }
    return count > 0 && !rest.hasRemaining();
  }

  /** Bytes that a put of these lengths takes in a batch. */
  static long putBytes(int keyLength, int valueLength) {
    return 1L + varintBytes(keyLength) + keyLength + varintBytes(valueLength) + valueLength;
  }

  /** A batch of one put, as LevelDB would write it. */
  static byte[] encode(long number, byte[] key, byte[] value) {
    int length = Math.toIntExact(HEADER_BYTES + putBytes(key.length, value.length));
    ByteBuffer batch = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    batch.putLong(number).putInt(1).put((byte) PUT);
    putVarint(batch, key.length);
    batch.put(key);
    putVarint(batch, value.length);
    batch.put(value);
    return batch.array();
  }

  private static ByteBuffer little(ByteBuffer batch) {
    return batch.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer sized(ByteBuffer from) {
    int length = 0;
    for (int shift = 0; shift < 32; shift += 7) {
      byte next = from.get();
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        break;
      }
    }
    ByteBuffer slice = from.slice(from.position(), length);
    from.position(from.position() + length);
    return slice;
  }

  private static int varintBytes(int value) {
    int bytes = 1;
    for (int left = value >>> 7; left != 0; left >>>= 7) {
      bytes++;
    }
    return bytes;
  }

  private static void putVarint(ByteBuffer to, int value) {
    int left = value;
    while ((left & ~0x7f) != 0) {
      to.put((byte) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    to.put((byte) left);
  }
}
