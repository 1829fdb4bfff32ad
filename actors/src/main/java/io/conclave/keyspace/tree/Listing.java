package io.conclave.keyspace.tree;

import io.conclave.raft.core.Stamp;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** Shows a directory with its visible children, to any depth without recursion. */
final class Listing {
  private final Stamp now;
  private final Deque<Level> open = new ArrayDeque<>();

  private Listing(Stamp now) {
    this.now = now;
  }

  /** A directory whose children are being collected. */
  private record Level(
      Directory directory, KeyPath path, Iterator<Node> rest, List<NodeView> shown) {
    private Level(Directory directory, KeyPath path) {
      this(directory, path, directory.children(), new ArrayList<>());
    }
  }

  /**
   * @param recursive the whole subtree; otherwise directories inside are shown without children
   */
  static NodeView of(Directory directory, KeyPath path, boolean recursive, Stamp now) {
    return new Listing(now).show(new Level(directory, path), recursive);
  }

  private NodeView show(Level top, boolean recursive) {
    open.push(top);
    while (true) {
      Level level = open.element();
      if (!level.rest.hasNext()) {
        open.remove();
        NodeView complete = level.directory.view(level.path, now, level.shown);
        if (open.isEmpty()) {
          return complete;
        }
        open.element().shown.add(complete);
        continue;
      }
      Node child = level.rest.next();
      if (child.isHidden()) {
        continue;
      }
      KeyPath path = level.path.child(child.name());
      if (recursive && child instanceof Directory below) {
        open.push(new Level(below, path));
      } else {
        level.shown.add(child.view(path, now));
      }
    }
  }
}
