package io.conclave.keyspace.tree;

import io.conclave.raft.core.Bytes;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;

/**
 * All nodes with a deadline, earliest first, those of equal deadline by path; persistent.
 *
 * <p>An entry is its own name: eight bytes of deadline, then the path. The sign bit is turned so
 * that a deadline before the cluster's beginning sorts first.
 */
final class ExpiryIndex {
  private static final OrderedMap.Naming<byte[]> ITSELF =
      new OrderedMap.Naming<>() {
        @Override
        public byte[] name(byte[] entry) {
          return entry;
        }

        @Override
        public int compare(byte[] name, byte[] entry) {
          return Arrays.compareUnsigned(name, entry);
        }
      };

  static final ExpiryIndex EMPTY = new ExpiryIndex(OrderedMap.empty(ITSELF), 0);

  private final OrderedMap<byte[]> entries;
  private final long heapBytes;

  private ExpiryIndex(OrderedMap<byte[]> entries, long heapBytes) {
    this.entries = entries;
    this.heapBytes = heapBytes;
  }

  /** An index of all {@code entries}, which are sorted in place. */
  static ExpiryIndex ofAll(List<byte[]> entries) {
    entries.sort(Arrays::compareUnsigned);
    long bytes = 0;
    for (byte[] entry : entries) {
      bytes += HeapBytes.ofDeadline(entry.length - Long.BYTES);
    }
    return new ExpiryIndex(OrderedMap.ofSorted(ITSELF, entries), bytes);
  }

  /** Estimated. */
  long heapBytes() {
    return heapBytes;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The earliest deadline of all, in milliseconds of cluster time. */
  OptionalLong first() {
    Iterator<byte[]> all = entries.iterator();
    return all.hasNext() ? OptionalLong.of(deadline(all.next())) : OptionalLong.empty();
  }

  /** The path with the earliest deadline, if that is not after {@code clusterTime}; or null. */
  KeyPath firstDueOrNull(long clusterTime) {
    Iterator<byte[]> all = entries.iterator();
    if (!all.hasNext()) {
      return null;
    }
    byte[] entry = all.next();
    return deadline(entry) <= clusterTime
        ? KeyPath.of(Bytes.adopt(Arrays.copyOfRange(entry, Long.BYTES, entry.length)))
        : null;
  }

  ExpiryIndex with(long deadline, KeyPath path, Object owner) {
    byte[] entry = entry(deadline, path);
    return new ExpiryIndex(
        entries.with(entry, entry, owner), heapBytes + HeapBytes.ofDeadline(path.array().length));
  }

  ExpiryIndex without(long deadline, KeyPath path, Object owner) {
    return new ExpiryIndex(
        entries.without(entry(deadline, path), owner),
        heapBytes - HeapBytes.ofDeadline(path.array().length));
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof ExpiryIndex that)) {
      return false;
    }
    Iterator<byte[]> mine = entries.iterator();
    Iterator<byte[]> theirs = that.entries.iterator();
    while (mine.hasNext() && theirs.hasNext()) {
      if (!Arrays.equals(mine.next(), theirs.next())) {
        return false;
      }
    }
    return mine.hasNext() == theirs.hasNext();
  }

  @Override
  public int hashCode() {
    return first().hashCode();
  }

  static byte[] entry(long deadline, KeyPath path) {
    byte[] written = path.array();
    byte[] entry = new byte[Long.BYTES + written.length];
    long sortable = deadline ^ Long.MIN_VALUE;
    for (int i = 0; i < Long.BYTES; i++) {
      entry[i] = (byte) (sortable >>> 56 - 8 * i);
    }
    System.arraycopy(written, 0, entry, Long.BYTES, written.length);
    return entry;
  }

  private static long deadline(byte[] entry) {
    long sortable = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      sortable = sortable << 8 | entry[i] & 0xFF;
    }
    return sortable ^ Long.MIN_VALUE;
  }
}
