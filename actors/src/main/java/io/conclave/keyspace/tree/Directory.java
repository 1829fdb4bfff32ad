package io.conclave.keyspace.tree;

import io.conclave.raft.core.Bytes;
import java.util.Arrays;

/** A directory and, through its children, all below it. */
final class Directory extends Node {
  /** The root of an empty store. */
  static final Directory EMPTY_ROOT =
      new Directory(new byte[0], 0, Deadline.NEVER, OrderedMap.empty(BY_NAME));

  private final byte[] name;

  /** When it was made; unlike a file it never counts as modified. */
  private final long index;

  private final long deadline;
  private final OrderedMap<Node> children;

  Directory(byte[] name, long index, long deadline, OrderedMap<Node> children) {
    this.name = name;
    this.index = index;
    this.deadline = deadline;
    this.children = children;
  }

  static Directory empty(byte[] name, long index, long deadline) {
    return new Directory(name, index, deadline, OrderedMap.empty(BY_NAME));
  }

  OrderedMap<Node> children() {
    return children;
  }

  Directory withChildren(OrderedMap<Node> changed) {
    return new Directory(name, index, deadline, changed);
  }

  Directory withDeadline(long changed) {
    return new Directory(name, index, changed, children);
  }

  @Override
  byte[] name() {
    return name;
  }

  @Override
  int compareWith(byte[] other) {
    return Arrays.compareUnsigned(other, name);
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
