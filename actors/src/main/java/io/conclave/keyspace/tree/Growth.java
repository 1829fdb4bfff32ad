package io.conclave.keyspace.tree;

import io.conclave.raft.core.Bytes;

/**
 * How much larger a command would make a tree, at most, but for a few bytes by which the indexes of
 * a node may become longer.
 */
final class Growth {
  /** The name that an in-order key gets. */
  private static final int IN_ORDER_NAME_BYTES = 20;

  private final Directory root;

  Growth(Directory root) {
    this.root = root;
  }

  /** Bytes, never negative; 0 for what can't add any, whatever it is applied to. */
  long of(Command command) {
    return switch (command) {
      case Command.Set(KeyPath key, Bytes value, boolean dir, Ttl ttl, boolean refresh) ->
          ofNode(key, value, dir, ttl);
      case Command.Create(KeyPath key, Bytes value, boolean dir, Ttl ttl) ->
          ofNode(key, value, dir, ttl);
      case Command.CreateInOrder(KeyPath parent, Bytes value, boolean dir, Ttl ttl) ->
          ofMissing(parent)
              + HeapBytes.ofDirectory(IN_ORDER_NAME_BYTES)
              + HeapBytes.ofFile(IN_ORDER_NAME_BYTES, value.length())
              + ofDeadline(parent.array().length + 1 + IN_ORDER_NAME_BYTES, ttl);
      case Command.Update(KeyPath key, Bytes value, boolean dir, Ttl ttl, boolean refresh) ->
          ofNode(key, value, dir, ttl);
      case Command.CompareAndSwap swap -> ofNode(swap.key(), swap.value(), swap.dir(), swap.ttl());
      case Command.Delete delete -> 0;
      case Command.CompareAndDelete delete -> 0;
      case Command.Sync() -> 0;
      case Command.Publish publish -> 0;
      case Command.SetClusterVersion version -> 0;
    };
  }

  private long ofNode(KeyPath key, Bytes value, boolean dir, Ttl ttl) {
    Node before = root.descendantOrNull(key, 0);
    long deadline = before != null && before.expires() ? 0 : ofDeadline(key.array().length, ttl);
    return deadline
        + switch (before) {
          case null -> ofMissing(key) + HeapBytes.ofFile(0, value.length());
          case Directory directory -> 0;
          case FileNode file when dir ->
              Math.max(0, HeapBytes.ofDirectory(file.name().length) - file.heapBytes());
          case FileNode file -> Math.max(0, value.length() - file.valueLength());
        };
  }

  /** Directories for all of the key that does not exist. */
  private long ofMissing(KeyPath key) {
    long bytes = 0;
    Node at = root;
    for (int depth = 0; depth < key.depth(); depth++) {
      byte[] name = key.component(depth);
      at = at instanceof Directory directory ? directory.childOrNull(name) : null;
      bytes += at == null ? HeapBytes.ofDirectory(name.length) : 0;
    }
    return bytes;
  }

  private static long ofDeadline(int pathLength, Ttl ttl) {
    return switch (ttl) {
      case Ttl.Permanent() -> 0;
      case Ttl.Seconds seconds -> HeapBytes.ofDeadline(pathLength);
    };
  }
}
