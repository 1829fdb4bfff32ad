package io.conclave.keyspace.tree;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Walks a whole tree depth first, holding only the way to the current node. */
final class StoredNodes implements Iterator<StoredNode> {
  private final Deque<Iterator<Node>> open = new ArrayDeque<>();

  StoredNodes(Directory root) {
    open.push(root.children());
    leaveWhatIsDone();
  }

  @Override
  public boolean hasNext() {
    return !open.isEmpty();
  }

  @Override
  public StoredNode next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Node node = open.element().next();
    StoredNode stored = StoredNode.of(open.size(), node);
    if (node instanceof Directory directory) {
      open.push(directory.children());
    }
    leaveWhatIsDone();
    return stored;
  }

  private void leaveWhatIsDone() {
    while (!open.isEmpty() && !open.element().hasNext()) {
      open.remove();
    }
  }
}
