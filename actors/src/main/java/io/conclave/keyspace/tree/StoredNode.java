package io.conclave.keyspace.tree;

import static io.conclave.raft.core.Require.require;

import io.conclave.raft.core.Bytes;

/**
 * A node on its way into a snapshot or out of it. Nodes are told depth first, children in the order
 * of their names, so that depth and name suffice to place them; the root is not told.
 *
 * @param depth number of components of the path, at least 1
 * @param name the last component
 * @param value empty for a directory
 * @param deadline milliseconds of cluster time; 0 unless {@code expires}
 */
public record StoredNode(
    int depth,
    Bytes name,
    boolean directory,
    Bytes value,
    long createdIndex,
    long modifiedIndex,
    boolean expires,
    long deadline) {
  public StoredNode {
    require(depth >= 1 && !name.isEmpty(), "a stored node at depth %d", depth);
    require(
        createdIndex >= 0 && createdIndex <= modifiedIndex,
        "created at %d, modified at %d",
        createdIndex,
        modifiedIndex);
    require(!expires || deadline != Deadline.NEVER, "a deadline that is none");
  }

  static StoredNode of(int depth, Node node) {
    return new StoredNode(
        depth,
        Bytes.adopt(node.name()),
        node.isDirectory(),
        node.value(),
        node.createdIndex(),
        node.modifiedIndex(),
        node.expires(),
        node.expires() ? node.deadline() : 0);
  }

  long deadlineOrNever() {
    return expires ? deadline : Deadline.NEVER;
  }
}
