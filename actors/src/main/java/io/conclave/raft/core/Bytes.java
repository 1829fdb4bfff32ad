package io.conclave.raft.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An immutable sequence of bytes with value equality, ordered by unsigned byte value.
 *
 * <p>The whole project passes binary data in this type, so that nobody can change what another
 * thread reads. Only code that fills or drains an I/O buffer touches the array: {@link #adopt} and
 * {@link #unsafeArray} are for that and say what the caller promises.
 */
public final class Bytes implements Comparable<Bytes> {
  /** No bytes at all. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /** Takes over {@code array} without a copy; the caller must never change it again. */
  public static Bytes adopt(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  /** Copies {@code array}. */
  public static Bytes copyOf(byte[] array) {
    return adopt(array.clone());
  }

  /** Copies what remains in {@code buffer}, and leaves its position at the limit. */
  public static Bytes copyOf(ByteBuffer buffer) {
    byte[] array = new byte[buffer.remaining()];
    buffer.get(array);
    return adopt(array);
  }

  /** The UTF-8 form of {@code text}. */
  public static Bytes utf8(String text) {
    return adopt(text.getBytes(UTF_8));
  }

  public int length() {
    return array.length;
  }

  public boolean isEmpty() {
    return array.length == 0;
  }

  /** The byte at {@code offset}; throws {@link IndexOutOfBoundsException} outside the sequence. */
  public byte at(int offset) {
    return array[offset];
  }

  /** A copy of the bytes from {@code from} (inclusive) to {@code to} (exclusive). */
  public Bytes slice(int from, int to) {
    if (from == 0 && to == array.length) {
      return this;
    }
    return adopt(Arrays.copyOfRange(array, from, to));
  }

  public boolean startsWith(Bytes prefix) {
    return array.length >= prefix.array.length
        && Arrays.equals(array, 0, prefix.array.length, prefix.array, 0, prefix.array.length);
  }

  /** These bytes followed by {@code tail}. */
  public Bytes concat(Bytes tail) {
    byte[] joined = Arrays.copyOf(array, array.length + tail.array.length);
    System.arraycopy(tail.array, 0, joined, array.length, tail.array.length);
    return adopt(joined);
  }

  /** A read-only view for decoding. */
  public ByteBuffer asBuffer() {
    return ByteBuffer.wrap(array).asReadOnlyBuffer();
  }

  /** Appends all bytes to {@code buffer}. */
  public void writeTo(ByteBuffer buffer) {
    buffer.put(array);
  }

  /** The text in UTF-8; every invalid byte becomes U+FFFD, so this is for people and for JSON. */
  public String utf8() {
    return new String(array, UTF_8);
  }

  /** A copy. */
  public byte[] toArray() {
    return array.clone();
  }

  /** The bytes themselves, for handing to I/O without a copy; the caller must only read them. */
  public byte[] unsafeArray() {
    return array;
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(array, other.array);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(array, that.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  /** The length only: values of keys don't belong into logs. */
  @Override
  public String toString() {
    return "Bytes[" + array.length + "]";
  }
}
