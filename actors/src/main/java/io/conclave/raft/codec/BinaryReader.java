package io.conclave.raft.codec;

import io.conclave.raft.core.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads what {@link BinaryWriter} wrote. Every method throws {@link MalformedData} where the bytes
 * end too early or say something impossible, and never allocates more than the bytes justify.
 */
public final class BinaryReader {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final Bytes bytes;
  private final byte[] array;
  private int at;

  public BinaryReader(Bytes bytes) {
    this.bytes = bytes;
    this.array = bytes.unsafeArray();
  }

  /** 0 to 255. */
  public int readByte() {
    demand(1);
    return array[at++] & 0xFF;
  }

  public boolean readBoolean() {
    int value = readByte();
    if (value > 1) {
      throw new MalformedData("byte " + (at - 1) + " is no truth value: " + value);
    }
    return value == 1;
  }

  /** An unsigned number of up to 64 bits. */
  public long readVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      if (shift == 63 && next > 1) {
        break;
      }
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new MalformedData("number of more than 64 bits before byte " + at);
  }

  public long readSignedVarint() {
    long value = readVarint();
    return value >>> 1 ^ -(value & 1);
  }

  /** A number that must not be negative when seen as signed, such as a term or an index. */
  public long readNatural() {
    long value = readVarint();
    if (value < 0) {
      throw new MalformedData("number out of range before byte " + at);
    }
    return value;
  }

  /**
   * A number of things that follow.
   *
   * @param bytesEachMin the least that one of them takes, so that a damaged count is noticed here
   */
  public int readCount(int bytesEachMin) {
    long count = readVarint();
    if (count < 0 || count > remaining() / bytesEachMin) {
      throw new MalformedData("impossible count before byte " + at);
    }
    return (int) count;
  }

  public long readLong() {
    demand(Long.BYTES);
    long value = (long) LONG.get(array, at);
    at += Long.BYTES;
    return value;
  }

  public Bytes readBytes() {
    int length = readCount(1);
    at += length;
    return bytes.slice(at - length, at);
  }

  public String readText() {
    return readBytes().utf8();
  }

  public int remaining() {
    return array.length - at;
  }

  /** Call at the end: nothing may be left. */
  public void requireEnd() {
    if (remaining() != 0) {
      throw new MalformedData(remaining() + " bytes too many");
    }
  }

  private void demand(int more) {
    if (remaining() < more) {
      throw new MalformedData("ends after " + array.length + " bytes, too early");
    }
  }
}
