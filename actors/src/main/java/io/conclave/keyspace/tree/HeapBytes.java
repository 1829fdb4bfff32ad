package io.conclave.keyspace.tree;

import io.conclave.raft.core.HeapArray;

/**
 * What parts of the tree take of the heap, as estimated with compact object headers and pointers;
 * measured trees of small keys are within a few percent of it. All but the root's own objects.
 */
final class HeapBytes {
  /** An entry's share of the arrays that an {@link OrderedMap} is made of. */
  private static final int PLACE_BYTES = 12;

  /** The object, its map of children and the first array of that, without the name. */
  private static final int DIRECTORY_BYTES = 100;

  /** Length of the name, both indexes, and a deadline, each at its longest. */
  private static final int FILE_HEAD_BYTES_MAX = 34;

  private HeapBytes() {}

  static long ofFile(int packedLength) {
    return HeapArray.bytesOf(packedLength) + PLACE_BYTES;
  }

  /** At most, for a file that is not made yet. */
  static long ofFile(int nameLength, int valueLength) {
    return HeapArray.bytesOf(FILE_HEAD_BYTES_MAX + (long) nameLength + valueLength) + PLACE_BYTES;
  }

  /** Without what is in it. */
  static long ofDirectory(int nameLength) {
    return DIRECTORY_BYTES + HeapArray.bytesOf(nameLength);
  }

  /** Of the entry of a node with a TTL in the {@link ExpiryIndex}. */
  static long ofDeadline(int pathLength) {
    return HeapArray.bytesOf(Long.BYTES + (long) pathLength) + PLACE_BYTES;
  }
}
