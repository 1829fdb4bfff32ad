package io.conclave.keyspace.tree;

import io.conclave.keyspace.tree.V2Error.Code;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** The nodes and their deadlines while a batch changes them. */
final class TreeEdit {
  private final Object owner = new Object();
  private Directory root;
  private ExpiryIndex expiry;

  TreeEdit(Directory root, ExpiryIndex expiry) {
    this.root = root;
    this.expiry = expiry;
  }

  Directory root() {
    return root;
  }

  ExpiryIndex expiry() {
    return expiry;
  }

  Node findOrNull(KeyPath path) {
    return root.descendantOrNull(path, 0);
  }

  /** Why there is no node at {@code path}: error 104 if a file is in the way, else 100. */
  static V2Error whyMissing(Directory root, KeyPath path, long index) {
    Node at = root;
    int from = 0;
    for (int depth = 0; depth < path.depth(); depth++) {
      if (!(at instanceof Directory directory)) {
        return new V2Error(Code.NOT_A_DIRECTORY, path.ancestor(depth).bytes(), index);
      }
      int to = path.componentEnd(from + 1);
      at = directory.childOrNull(path.range(from + 1, to));
      if (at == null) {
        return new V2Error(Code.KEY_NOT_FOUND, path.ancestor(depth + 1).bytes(), index);
      }
      from = to;
    }
    throw new IllegalStateException("the node is not missing");
  }

  /**
   * Puts {@code node} at {@code path}, replacing what is there. Directories that are missing on the
   * way are made, permanent and with {@code index}; no file may be on the way.
   */
  void put(KeyPath path, Node node, long index) {
    Node before = replace(path, node, index);
    if (before != null && before.expires()) {
      expiry = expiry.without(before.deadline(), path, owner);
    }
    if (node.expires()) {
      expiry = expiry.with(node.deadline(), path, owner);
    }
  }

  /** Removes {@code node}, which is at {@code path}, with all below it. */
  void remove(KeyPath path, Node node) {
    Directory[] way = wayTo(path);
    int last = path.depth() - 1;
    attach(way, last, way[last].withoutChild(node, owner), -node.heapBytes());
    forgetDeadlines(path, node);
  }

  private Node replace(KeyPath path, Node node, long index) {
    Directory[] way = wayTo(path);
    int missing = path.depth() - 1;
    Node child = node;
    while (way[missing] == null) {
      byte[] name = path.component(missing - 1);
      Directory made = Directory.empty(name, index, Deadline.NEVER);
      child = made.withChild(child, child.heapBytes(), owner);
      missing--;
    }
    Directory parent = way[missing];
    Node before = child == node ? parent.childOrNull(node.name()) : null;
    long growth = child.heapBytes() - (before == null ? 0 : before.heapBytes());
    attach(way, missing, parent.withChild(child, growth, owner), growth);
    return before;
  }

  /** The directories on the way to {@code path}, from the root on; null where none exists yet. */
  private Directory[] wayTo(KeyPath path) {
    Directory[] way = new Directory[path.depth()];
    byte[] array = path.array();
    Directory at = root;
    int from = 0;
    for (int depth = 0; at != null; depth++) {
      way[depth] = at;
      int to = path.componentEnd(from + 1);
      at = to < array.length ? (Directory) at.childOrNull(path.range(from + 1, to)) : null;
      from = to;
    }
    return way;
  }

  /**
   * Makes {@code changed} the directory at {@code depth}, and its ancestors point to it.
   *
   * @param growth by how many bytes it has become larger
   */
  private void attach(Directory[] way, int depth, Directory changed, long growth) {
    Directory child = changed;
    for (int i = depth - 1; i >= 0; i--) {
      child = way[i].withChild(child, growth, owner);
    }
    root = child;
  }

  private void forgetDeadlines(KeyPath path, Node removed) {
    if (removed.expires()) {
      expiry = expiry.without(removed.deadline(), path, owner);
    }
    if (!(removed instanceof Directory directory) || expiry.isEmpty()) {
      return;
    }
    record Level(KeyPath path, Iterator<Node> rest) {}
    Deque<Level> levels = new ArrayDeque<>();
    levels.push(new Level(path, directory.children()));
    while (!levels.isEmpty()) {
      Level level = levels.peek();
      if (!level.rest.hasNext()) {
        levels.pop();
        continue;
      }
      Node node = level.rest.next();
      if (node.expires()) {
        expiry = expiry.without(node.deadline(), level.path.child(node.name()), owner);
      }
      if (node instanceof Directory below) {
        levels.push(new Level(level.path.child(below.name()), below.children()));
      }
    }
  }
}
