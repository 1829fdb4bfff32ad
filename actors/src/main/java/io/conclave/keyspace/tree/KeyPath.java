package io.conclave.keyspace.tree;

import static io.conclave.raft.core.Require.require;

import io.conclave.raft.core.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A clean absolute path in the key space: components of raw bytes, none of them empty, {@code .} or
 * {@code ..}; a NUL, a newline or invalid UTF-8 is legal (spec v2-keys §18).
 *
 * <p>Kept as the written form in one array: a path is made for each request and for each node of a
 * listing, its components are looked at one by one and seldom all of them.
 */
public final class KeyPath implements Comparable<KeyPath> {
  public static final KeyPath ROOT = new KeyPath(new byte[0], 0);

  private static final byte SLASH = '/';
  private static final byte HIDDEN = '_';
  private static final Bytes WRITTEN_ROOT = Bytes.utf8("/");

  /** A slash in front of each component; empty for the root. */
  private final byte[] path;

  private final int depth;

  private KeyPath(byte[] path, int depth) {
    this.path = path;
    this.depth = depth;
  }

  /** Splits an already decoded path at its slashes; empty components are dropped. */
  public static KeyPath of(Bytes path) {
    byte[] given = path.unsafeArray();
    byte[] clean = new byte[given.length + 1];
    int length = 0;
    int depth = 0;
    for (int i = 0; i < given.length; i++) {
      if (given[i] == SLASH) {
        continue;
      }
      if (i == 0 || given[i - 1] == SLASH) {
        clean[length++] = SLASH;
        depth++;
      }
      clean[length++] = given[i];
    }
    return depth == 0 ? ROOT : new KeyPath(Arrays.copyOf(clean, length), depth);
  }

  public static KeyPath of(String path) {
    return of(Bytes.utf8(path));
  }

  public boolean isRoot() {
    return depth == 0;
  }

  /** Number of components; 0 for the root. */
  public int depth() {
    return depth;
  }

  /** From the root down; empty for the root itself. */
  public List<Bytes> components() {
    List<Bytes> components = new ArrayList<>(depth);
    for (int from = 1; from <= path.length; ) {
      int to = componentEnd(from);
      components.add(Bytes.adopt(Arrays.copyOfRange(path, from, to)));
      from = to + 1;
    }
    return List.copyOf(components);
  }

  /** The last component; throws for the root. */
  public Bytes name() {
    return Bytes.adopt(Arrays.copyOfRange(path, lastSlash() + 1, path.length));
  }

  /** The path one level up; throws for the root. */
  public KeyPath parent() {
    return depth == 1 ? ROOT : new KeyPath(Arrays.copyOf(path, lastSlash()), depth - 1);
  }

  /** The ancestor with that many components, or this path itself. */
  public KeyPath ancestor(int components) {
    require(components >= 0 && components <= depth, "no ancestor at depth %d", components);
    if (components == depth) {
      return this;
    }
    return components == 0
        ? ROOT
        : new KeyPath(Arrays.copyOf(path, offset(components)), components);
  }

  /** This path and one more component, which must be neither empty nor contain a slash. */
  public KeyPath child(Bytes name) {
    return child(name.unsafeArray());
  }

  KeyPath child(byte[] name) {
    byte[] longer = Arrays.copyOf(path, path.length + 1 + name.length);
    longer[path.length] = SLASH;
    System.arraycopy(name, 0, longer, path.length + 1, name.length);
    return new KeyPath(longer, depth + 1);
  }

  /** True if this path is {@code ancestor} or lies below it, at component boundaries. */
  public boolean isAtOrBelow(KeyPath ancestor) {
    int length = ancestor.path.length;
    return path.length >= length
        && Arrays.equals(path, 0, length, ancestor.path, 0, length)
        && (path.length == length || path[length] == SLASH);
  }

  /**
   * True if some component after those of {@code ancestor} starts with an underscore. This path
   * must be at or below {@code ancestor}.
   */
  public boolean isHiddenBelow(KeyPath ancestor) {
    for (int i = ancestor.path.length; i < path.length - 1; i++) {
      if (path[i] == SLASH && path[i + 1] == HIDDEN) {
        return true;
      }
    }
    return false;
  }

  /** The written form with a leading slash; {@code /} for the root. */
  public Bytes bytes() {
    return isRoot() ? WRITTEN_ROOT : Bytes.adopt(path);
  }

  /** Offset of the slash in front of the component with that number; the length if none has it. */
  int offset(int component) {
    int at = 0;
    for (int i = 0; i < component; i++) {
      at = componentEnd(at + 1);
    }
    return at;
  }

  /** The component with that number, counted from 0. */
  byte[] component(int number) {
    int from = offset(number) + 1;
    return range(from, componentEnd(from));
  }

  byte[] range(int from, int to) {
    return Arrays.copyOfRange(path, from, to);
  }

  /** Offset behind the component that starts at {@code from}. */
  int componentEnd(int from) {
    int to = from;
    while (to < path.length && path[to] != SLASH) {
      to++;
    }
    return to;
  }

  /** The array itself, to be read only: a slash in front of each component, empty for the root. */
  byte[] array() {
    return path;
  }

  private int lastSlash() {
    require(depth > 0, "the root has neither name nor parent");
    int at = path.length - 1;
    while (path[at] != SLASH) {
      at--;
    }
    return at;
  }

  @Override
  public int compareTo(KeyPath other) {
    return Arrays.compareUnsigned(path, other.path);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyPath that && Arrays.equals(path, that.path);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(path);
  }

  @Override
  public String toString() {
    return bytes().utf8();
  }
}
