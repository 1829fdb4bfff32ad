package io.conclave.raft.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.conclave.raft.core.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Appends the primitives of our binary formats to one growing array.
 *
 * <p>Numbers that are usually small (indices, terms, lengths) are written in groups of seven bits,
 * lowest first, the top bit telling that more follow; identities are eight bytes, big-endian.
 */
public final class BinaryWriter {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] array;
  private int length;

  /**
   * @param expectedBytes a good guess saves copies; any value is correct
   */
  public BinaryWriter(int expectedBytes) {
    this.array = new byte[Math.max(16, expectedBytes)];
  }

  public BinaryWriter writeByte(int value) {
    reserve(1);
    array[length++] = (byte) value;
    return this;
  }

  public BinaryWriter writeBoolean(boolean value) {
    return writeByte(value ? 1 : 0);
  }

  /** An unsigned number of up to 64 bits, in 1 to 10 bytes. */
  public BinaryWriter writeVarint(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      array[length++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    array[length++] = (byte) rest;
    return this;
  }

  /** A signed number; short if its magnitude is small. */
  public BinaryWriter writeSignedVarint(long value) {
    return writeVarint(value << 1 ^ value >> 63);
  }

  public BinaryWriter writeLong(long value) {
    reserve(Long.BYTES);
    LONG.set(array, length, value);
    length += Long.BYTES;
    return this;
  }

  /** The length, then the bytes. */
  public BinaryWriter writeBytes(Bytes bytes) {
    writeVarint(bytes.length());
    reserve(bytes.length());
    System.arraycopy(bytes.unsafeArray(), 0, array, length, bytes.length());
    length += bytes.length();
    return this;
  }

  /** The length in bytes, then the text in UTF-8. */
  public BinaryWriter writeText(String text) {
    return writeBytes(Bytes.adopt(text.getBytes(UTF_8)));
  }

  public int length() {
    return length;
  }

  /** All that was written; this writer must not be used afterwards. */
  public Bytes finish() {
    byte[] written = length == array.length ? array : Arrays.copyOf(array, length);
    array = null;
    return Bytes.adopt(written);
  }

  private void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > array.length) {
      array = Arrays.copyOf(array, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * needed));
    }
  }
}
