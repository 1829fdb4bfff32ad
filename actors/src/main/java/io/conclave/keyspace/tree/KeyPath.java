package io.conclave.keyspace.tree;

import io.conclave.raft.core.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * A clean absolute path in the key space: components of raw bytes, none of them empty, {@code .} or
 * {@code ..}; a NUL, a newline or invalid UTF-8 is legal (spec v2-keys §18).
 *
 * @param components from the root down; empty for the root itself
 */
public record KeyPath(List<Bytes> components) implements Comparable<KeyPath> {
  public static final KeyPath ROOT = new KeyPath(List.of());

  private static final byte SLASH = '/';

  public KeyPath {
    components = List.copyOf(components);
  }

  /** Splits an already decoded path at its slashes; empty components are dropped. */
  public static KeyPath of(Bytes path) {
    List<Bytes> components = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= path.length(); i++) {
      if (i == path.length() || path.at(i) == SLASH) {
        if (i > start) {
          components.add(path.slice(start, i));
        }
        start = i + 1;
      }
    }
    return new KeyPath(components);
  }

  public static KeyPath of(String path) {
    return of(Bytes.utf8(path));
  }

  public boolean isRoot() {
    return components.isEmpty();
  }

  public int depth() {
    return components.size();
  }

  /** The last component; throws for the root. */
  public Bytes name() {
    return components.getLast();
  }

  /** The path one level up; throws for the root. */
  public KeyPath parent() {
    return new KeyPath(components.subList(0, components.size() - 1));
  }

  public KeyPath child(Bytes name) {
    List<Bytes> longer = new ArrayList<>(components.size() + 1);
    longer.addAll(components);
    longer.add(name);
    return new KeyPath(longer);
  }

  /** True if this path is {@code ancestor} or lies below it, at component boundaries. */
  public boolean isAtOrBelow(KeyPath ancestor) {
    return depth() >= ancestor.depth()
        && components.subList(0, ancestor.depth()).equals(ancestor.components);
  }

  /** The written form with a leading slash; {@code /} for the root. */
  public Bytes bytes() {
    if (isRoot()) {
      return Bytes.utf8("/");
    }
    int length = components.stream().mapToInt(c -> c.length() + 1).sum();
    byte[] path = new byte[length];
    int at = 0;
    for (Bytes component : components) {
      path[at] = SLASH;
      System.arraycopy(component.unsafeArray(), 0, path, at + 1, component.length());
      at += component.length() + 1;
    }
    return Bytes.adopt(path);
  }

  @Override
  public int compareTo(KeyPath other) {
    return bytes().compareTo(other.bytes());
  }

  @Override
  public String toString() {
    return bytes().utf8();
  }
}
