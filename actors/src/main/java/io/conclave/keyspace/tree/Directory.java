package io.conclave.keyspace.tree;

import io.conclave.raft.core.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * A directory and, through its children, all below it. It keeps a child directory as it is and a
 * file as its packed array alone, without an object around it.
 */
final class Directory extends Node {
  private static final OrderedMap.Naming<Object> BY_NAME =
      new OrderedMap.Naming<>() {
        @Override
        public byte[] name(Object entry) {
          return node(entry).name();
        }

        @Override
        public int compare(byte[] name, Object entry) {
          return entry instanceof byte[] packed
              ? FileNode.compareName(name, packed)
              : Arrays.compareUnsigned(name, ((Directory) entry).name);
        }
      };

  /** The root of an empty store. */
  static final Directory EMPTY_ROOT = empty(new byte[0], 0, Deadline.NEVER);

  private final byte[] name;

  /** When it was made; unlike a file it never counts as modified. */
  private final long index;

  private final long deadline;
  private final OrderedMap<Object> children;

  /** Of the children together, with all below them. */
  private final long childrenBytes;

  private Directory(
      byte[] name, long index, long deadline, OrderedMap<Object> children, long childrenBytes) {
    this.name = name;
    this.index = index;
    this.deadline = deadline;
    this.children = children;
    this.childrenBytes = childrenBytes;
  }

  static Directory empty(byte[] name, long index, long deadline) {
    return new Directory(name, index, deadline, OrderedMap.empty(BY_NAME), 0);
  }

  Node childOrNull(byte[] childName) {
    Object entry = children.findOrNull(childName);
    return entry == null ? null : node(entry);
  }

  boolean hasChildren() {
    return !children.isEmpty();
  }

  /** What it takes with its children, but without what is in those. */
  long ownBytes() {
    long bytes = 0;
    for (Iterator<Node> each = children(); each.hasNext(); ) {
      Node child = each.next();
      bytes += child.isDirectory() ? HeapBytes.ofDirectory(0) : child.heapBytes();
    }
    return bytes;
  }

  /** By name. */
  Iterator<Node> children() {
    Iterator<Object> entries = children.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public Node next() {
        return node(entries.next());
      }
    };
  }

  /**
   * This directory with {@code child}, instead of any other of that name.
   *
   * @param growth what {@code child} takes of the heap, less what it replaces
   */
  Directory withChild(Node child, long growth, Object owner) {
    return withChildren(children.with(child.name(), child.entry(), owner), childrenBytes + growth);
  }

  /** This directory without {@code child}, which is in it. */
  Directory withoutChild(Node child, Object owner) {
    return withChildren(children.without(child.name(), owner), childrenBytes - child.heapBytes());
  }

  /** This directory with other children, in order. */
  Directory withAll(List<Node> all) {
    List<Object> entries = new ArrayList<>(all.size());
    long bytes = 0;
    for (Node child : all) {
      entries.add(child.entry());
      bytes += child.heapBytes();
    }
    return withChildren(OrderedMap.ofSorted(BY_NAME, entries), bytes);
  }

  Directory withDeadline(long changed) {
    return new Directory(name, index, changed, children, childrenBytes);
  }

  private Directory withChildren(OrderedMap<Object> changed, long changedBytes) {
    return new Directory(name, index, deadline, changed, changedBytes);
  }

  private static Node node(Object entry) {
    return entry instanceof byte[] packed ? FileNode.ofEntry(packed) : (Directory) entry;
  }

  @Override
  Directory entry() {
    return this;
  }

  @Override
  byte[] name() {
    return name;
  }

  @Override
  long heapBytes() {
    return HeapBytes.ofDirectory(name.length) + childrenBytes;
  }

  @Override
  int firstByte() {
    return name.length == 0 ? -1 : name[0];
  }

  @Override
  boolean isDirectory() {
    return true;
  }

  @Override
  Bytes value() {
    return Bytes.EMPTY;
  }

  @Override
  long createdIndex() {
    return index;
  }

  @Override
  long modifiedIndex() {
    return index;
  }

  @Override
  long deadline() {
    return deadline;
  }
}
