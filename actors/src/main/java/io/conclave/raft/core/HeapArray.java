package io.conclave.raft.core;

/** What an array of bytes takes of the heap, with compact object headers. */
public final class HeapArray {
  private static final int HEADER_BYTES = 12;

  /** G1's region for heaps up to 2 GiB. Arrays from half of one on get regions of their own. */
  private static final int REGION_BYTES = 1 << 20;

  private HeapArray() {}

  /** Of so many elements. */
  public static long bytesOf(long length) {
    long object = HEADER_BYTES + length + 7 & -8L;
    return object < REGION_BYTES / 2
        ? object
        : Math.ceilDiv(object, REGION_BYTES) * (long) REGION_BYTES;
  }
}
