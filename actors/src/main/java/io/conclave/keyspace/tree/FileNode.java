package io.conclave.keyspace.tree;

import io.conclave.raft.core.Bytes;
import java.util.Arrays;

/**
 * A file in one array, since a store is mostly files and objects cost more than what they hold.
 * This class is only a view that is made when somebody looks.
 *
 * <p>Layout: length of the name times two, plus one if a deadline follows; name; modifiedIndex;
 * modifiedIndex minus createdIndex; the deadline; the value up to the end. Numbers are written
 * seven bits a byte, lowest first; the deadline's sign moves to its lowest bit before.
 */
final class FileNode extends Node {
  private static final int NUMBER_BYTES_MAX = 10;

  private final byte[] packed;

  private FileNode(byte[] packed) {
    this.packed = packed;
  }

  static FileNode of(
      byte[] name, Bytes value, long createdIndex, long modifiedIndex, long deadline) {
    byte[] head = new byte[name.length + 4 * NUMBER_BYTES_MAX];
    boolean expires = deadline != Deadline.NEVER;
    int at = writeNumber(head, 0, 2L * name.length + (expires ? 1 : 0));
    System.arraycopy(name, 0, head, at, name.length);
    at = writeNumber(head, at + name.length, modifiedIndex);
    at = writeNumber(head, at, modifiedIndex - createdIndex);
    if (expires) {
      at = writeNumber(head, at, deadline << 1 ^ deadline >> 63);
    }
    byte[] packed = Arrays.copyOf(head, at + value.length());
    System.arraycopy(value.unsafeArray(), 0, packed, at, value.length());
    return new FileNode(packed);
  }

  /** A view of what {@link #entry} gave. */
  static FileNode ofEntry(byte[] packed) {
    return new FileNode(packed);
  }

  @Override
  byte[] entry() {
    return packed;
  }

  @Override
  byte[] name() {
    int from = nameOffset();
    return Arrays.copyOfRange(packed, from, from + nameLength());
  }

  /** As {@code Arrays.compareUnsigned(name, ofEntry(packed).name())}. */
  static int compareName(byte[] name, byte[] packed) {
    if (packed[0] >= 0) {
      return Arrays.compareUnsigned(name, 0, name.length, packed, 1, 1 + (packed[0] >> 1));
    }
    return Arrays.compareUnsigned(name, new FileNode(packed).name());
  }

  @Override
  long heapBytes() {
    return HeapBytes.ofFile(packed.length);
  }

  @Override
  int firstByte() {
    return packed[nameOffset()];
  }

  @Override
  boolean isDirectory() {
    return false;
  }

  @Override
  Bytes value() {
    return Bytes.adopt(Arrays.copyOfRange(packed, valueOffset(), packed.length));
  }

  int valueLength() {
    return packed.length - valueOffset();
  }

  private int valueOffset() {
    int at = afterNumber(afterNumber(modifiedOffset()));
    return hasDeadline() ? afterNumber(at) : at;
  }

  @Override
  long createdIndex() {
    int at = modifiedOffset();
    return number(at) - number(afterNumber(at));
  }

  @Override
  long modifiedIndex() {
    return number(modifiedOffset());
  }

  @Override
  long deadline() {
    if (!hasDeadline()) {
      return Deadline.NEVER;
    }
    long stored = number(afterNumber(afterNumber(modifiedOffset())));
    return stored >>> 1 ^ -(stored & 1);
  }

  private boolean hasDeadline() {
    return (packed[0] & 1) != 0;
  }

  private int nameLength() {
    return packed[0] >= 0 ? packed[0] >> 1 : (int) (number(0) >> 1);
  }

  private int nameOffset() {
    return packed[0] >= 0 ? 1 : afterNumber(0);
  }

  private int modifiedOffset() {
    return nameOffset() + nameLength();
  }

  private long number(int from) {
    long number = 0;
    int shift = 0;
    for (int at = from; ; at++) {
      number |= (long) (packed[at] & 0x7F) << shift;
      if (packed[at] >= 0) {
        return number;
      }
      shift += 7;
    }
  }

  private int afterNumber(int from) {
    int at = from;
    while (packed[at] < 0) {
      at++;
    }
    return at + 1;
  }

  private static int writeNumber(byte[] to, int from, long number) {
    int at = from;
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      to[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    return at;
  }
}
