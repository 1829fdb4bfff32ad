package io.conclave.keyspace.tree;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Stamp;
import java.util.List;

/**
 * A file or a directory of one version of the tree; immutable, and knows its name only. What a
 * directory keeps for it is its {@link #entry}.
 */
abstract sealed class Node permits FileNode, Directory {
  private static final byte HIDDEN = '_';

  /** What its directory keeps, see {@link Directory}. */
  abstract Object entry();

  /** The last component of the path; empty for the root. */
  abstract byte[] name();

  abstract boolean isDirectory();

  /** Empty for a directory. */
  abstract Bytes value();

  abstract long createdIndex();

  abstract long modifiedIndex();

  /** Milliseconds of cluster time, or {@link Deadline#NEVER}. */
  abstract long deadline();

  /** Estimated, with all below it. */
  abstract long heapBytes();

  /** The first byte of the name, or -1 for the root. */
  abstract int firstByte();

  final boolean expires() {
    return deadline() != Deadline.NEVER;
  }

  /** Not shown in the listing of its parent. */
  final boolean isHidden() {
    return firstByte() == HIDDEN;
  }

  /**
   * The node at {@code path}, or null if there is none.
   *
   * @param depth number of components of {@code path} that lead to this node
   */
  final Node descendantOrNull(KeyPath path, int depth) {
    Node at = this;
    int from = path.offset(depth);
    while (at != null && from < path.array().length) {
      int to = path.componentEnd(from + 1);
      at =
          at instanceof Directory directory
              ? directory.childOrNull(path.range(from + 1, to))
              : null;
      from = to;
    }
    return at;
  }

  /** As events and answers show it, without children. */
  final NodeView view(KeyPath key, Stamp now) {
    return view(key, now, List.of());
  }

  final NodeView view(KeyPath key, Stamp now, List<NodeView> children) {
    boolean expires = expires();
    return new NodeView(
        key,
        !isDirectory(),
        value(),
        isDirectory(),
        expires,
        expires ? deadline() + now.wallOffset() : 0,
        expires ? Deadline.secondsLeft(deadline(), now.clusterTime()) : 0,
        children,
        modifiedIndex(),
        createdIndex());
  }
}
