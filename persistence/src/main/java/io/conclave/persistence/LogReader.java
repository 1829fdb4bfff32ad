package io.conclave.persistence;

import static java.nio.file.StandardOpenOption.READ;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Reads one LevelDB log file from the first record to the last, a block at a time. Unlike LevelDB's
 * own reader it passes nothing over: it tells a clean end from a broken record, and whether valid
 * records follow the broken one.
 */
final class LogReader implements Closeable {
  /** Longest record that is put together; far above any request that is ever written. */
  static final int RECORD_BYTES_MAX = 256 << 20;

  /** What stands at some place of the log. */
  sealed interface Item {
    /**
     * A whole record.
     *
     * @param content valid until the next call only
     */
    record Found(long start, ByteBuffer content) implements Item {}

    /** Nothing but zeros from {@code start} to the end of the file. */
    record End(long start) implements Item {}

    /** No whole record begins at {@code start}, but there are bytes. */
    record Broken(long start, String reason) implements Item {}
  }

  private final FileChannel channel;
  private final long size;
  private final byte[] block = new byte[LogFormat.BLOCK_BYTES];
  private final ByteBuffer header = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
  private long loadedBlock = -1;
  private int loadedBytes;
  private byte[] joined = new byte[LogFormat.BLOCK_BYTES];
  private long at;

  LogReader(Path file) throws IOException {
    this.channel = FileChannel.open(file, READ);
    this.size = channel.size();
  }

  long size() {
    return size;
  }

  /** The next item; after {@code End} or {@code Broken} there is no next one. */
  Item next() throws IOException {
    if (LogFormat.leftInBlock(at) < LogFormat.HEADER_BYTES) {
      at += LogFormat.leftInBlock(at);
    }
    long start = at;
    if (onlyZerosFrom(start)) {
      return new Item.End(start);
    }
    int length = 0;
    while (true) {
      if (LogFormat.leftInBlock(at) < LogFormat.HEADER_BYTES) {
        at += LogFormat.leftInBlock(at);
      }
      String flaw = flawAt(at);
      int type = flaw == null ? type(at) : 0;
      boolean begins = type == LogFormat.FULL || type == LogFormat.FIRST;
      if (flaw == null && begins != (at == start)) {
        flaw = begins ? "a record without its end" : "the end of a record without its beginning";
      }
      if (flaw != null) {
        return new Item.Broken(start, flaw);
      }
      int from = inBlock(at) + LogFormat.HEADER_BYTES;
      int fragment = length(at);
      at += LogFormat.HEADER_BYTES + fragment;
      if (type == LogFormat.FULL) {
        return new Item.Found(start, ByteBuffer.wrap(block, from, fragment).slice());
      }
      if (length + fragment > RECORD_BYTES_MAX) {
        return new Item.Broken(start, "a record longer than " + RECORD_BYTES_MAX + " bytes");
      }
      if (length + fragment > joined.length) {
        joined = Arrays.copyOf(joined, Math.max(2 * joined.length, length + fragment));
      }
      System.arraycopy(block, from, joined, length, fragment);
      length += fragment;
      if (type == LogFormat.LAST) {
        return new Item.Found(start, ByteBuffer.wrap(joined, 0, length));
      }
    }
  }

  /**
   * True if a valid fragment that begins a record stands anywhere behind {@code broken}, which
   * means that the broken record was not the last one. A fragment is looked for at every byte,
   * because a broken length hides where the next one begins.
   *
   * @param ours tells from the first fragment's content whether it can be a record of this journal
   */
  boolean recordBeginsAfter(long broken, Predicate<ByteBuffer> ours) throws IOException {
    long offset = broken + 1;
    while (offset + LogFormat.HEADER_BYTES <= size) {
      if (LogFormat.leftInBlock(offset) < LogFormat.HEADER_BYTES) {
        offset += LogFormat.leftInBlock(offset);
        continue;
      }
      load(offset);
      int type = type(offset);
      if (type < LogFormat.FULL || type > LogFormat.LAST || flawAt(offset) != null) {
        offset++;
        continue;
      }
      boolean begins = type == LogFormat.FULL || type == LogFormat.FIRST;
      int from = inBlock(offset) + LogFormat.HEADER_BYTES;
      if (begins && ours.test(ByteBuffer.wrap(block, from, length(offset)).slice())) {
        return true;
      }
      offset += begins ? 1 : LogFormat.HEADER_BYTES + length(offset);
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** What is wrong with the fragment at {@code offset}, or null; loads its block. */
  private String flawAt(long offset) throws IOException {
    if (offset + LogFormat.HEADER_BYTES > size) {
      return "the file ends inside a record";
    }
    load(offset);
    int type = type(offset);
    int length = length(offset);
    if (type == 0 && length == 0) {
      return "zeros in front of other bytes";
    }
    if (type < LogFormat.FULL || type > LogFormat.LAST) {
      return "an unknown fragment type " + type;
    }
    if (LogFormat.HEADER_BYTES + length > LogFormat.leftInBlock(offset)) {
      return "a length that leaves the block";
    }
    if (inBlock(offset) + LogFormat.HEADER_BYTES + length > loadedBytes) {
      return "the file ends inside a record";
    }
    int expected = header.getInt(inBlock(offset));
    int from = inBlock(offset) + LogFormat.HEADER_BYTES;
    return LogFormat.crc(type, block, from, length) == expected ? null : "a wrong checksum";
  }

  private int type(long offset) {
    return block[inBlock(offset) + 6];
  }

  private int length(long offset) {
    return Short.toUnsignedInt(header.getShort(inBlock(offset) + 4));
  }

  private static int inBlock(long offset) {
    return (int) (offset % LogFormat.BLOCK_BYTES);
  }

  private void load(long offset) throws IOException {
    long wanted = offset / LogFormat.BLOCK_BYTES;
    if (wanted == loadedBlock) {
      return;
    }
    ByteBuffer into = ByteBuffer.wrap(block);
    long position = wanted * LogFormat.BLOCK_BYTES;
    while (into.hasRemaining() && channel.read(into, position + into.position()) > 0) {}
    loadedBytes = into.position();
    loadedBlock = wanted;
  }

  private boolean onlyZerosFrom(long offset) throws IOException {
    for (long from = offset; from < size; from += LogFormat.leftInBlock(from)) {
      load(from);
      for (int i = inBlock(from); i < loadedBytes; i++) {
        if (block[i] != 0) {
          return false;
        }
      }
    }
    return true;
  }
}
