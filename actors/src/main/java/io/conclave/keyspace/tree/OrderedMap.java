package io.conclave.keyspace.tree;

import static io.conclave.keyspace.tree.OrderedMapLayout.childIndex;
import static io.conclave.keyspace.tree.OrderedMapLayout.cut;
import static io.conclave.keyspace.tree.OrderedMapLayout.inner;
import static io.conclave.keyspace.tree.OrderedMapLayout.inserted;
import static io.conclave.keyspace.tree.OrderedMapLayout.isLeaf;
import static io.conclave.keyspace.tree.OrderedMapLayout.kids;
import static io.conclave.keyspace.tree.OrderedMapLayout.owned;
import static io.conclave.keyspace.tree.OrderedMapLayout.separator;
import static io.conclave.keyspace.tree.OrderedMapLayout.separators;
import static io.conclave.keyspace.tree.OrderedMapLayout.width;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A persistent B+tree of entries that carry their own names, in the order of unsigned name bytes.
 *
 * <p>A leaf is {@code {owner, e1..en}}, exactly as long as needed; an inner node is {@code {owner,
 * k1..kn, s1..s(n-1)}} with subtrees k and separators s: names below k(i) are less than s(i), those
 * of k(i+1) are not. A separator is the shortest name that tells its two sides apart.
 *
 * <p>Every change copies the arrays from the root to one leaf, except those that the same owner
 * made before: these are written in place. An owner is any object that stands for one batch of
 * changes. Versions given to others are those after a batch, and no later batch has the same owner,
 * so what others hold never changes. Versions <em>within</em> a batch are void after the next
 * change.
 *
 * @param <E> must not be an {@code Object[]}, which marks a subtree
 */
final class OrderedMap<E> implements Iterable<E> {
  /** Most entries of a leaf, and subtrees of an inner node. */
  static final int WIDTH = 64;

  /** A node with fewer is joined with a neighbour if both together leave room to grow. */
  private static final int JOIN_BELOW = WIDTH / 4;

  private static final int JOINED_MAX = WIDTH * 3 / 4;

  private static final Object[] NO_ENTRIES = {null};

  /** Where an entry's name is. */
  interface Naming<E> {
    byte[] name(E entry);

    /** As {@code Arrays.compareUnsigned(name, name(entry))}. */
    int compare(byte[] name, E entry);
  }

  private final Naming<E> naming;
  private final Object[] root;

  private OrderedMap(Naming<E> naming, Object[] root) {
    this.naming = naming;
    this.root = root;
  }

  static <E> OrderedMap<E> empty(Naming<E> naming) {
    return new OrderedMap<>(naming, NO_ENTRIES);
  }

  /** A map with full leaves; {@code entries} must be in order and without duplicates. */
  static <E> OrderedMap<E> ofSorted(Naming<E> naming, List<E> entries) {
    if (entries.isEmpty()) {
      return empty(naming);
    }
    List<Object[]> level = new ArrayList<>();
    List<byte[]> separators = new ArrayList<>();
    for (int from = 0; from < entries.size(); from += WIDTH) {
      List<E> part = entries.subList(from, Math.min(entries.size(), from + WIDTH));
      Object[] leaf = new Object[part.size() + 1];
      for (int i = 0; i < part.size(); i++) {
        leaf[i + 1] = part.get(i);
      }
      if (from > 0) {
        separators.add(
            separator(naming.name(entries.get(from - 1)), naming.name(entries.get(from))));
      }
      level.add(leaf);
    }
    while (level.size() > 1) {
      List<Object[]> above = new ArrayList<>();
      List<byte[]> separatorsAbove = new ArrayList<>();
      for (int from = 0; from < level.size(); from += WIDTH) {
        int to = Math.min(level.size(), from + WIDTH);
        if (from > 0) {
          separatorsAbove.add(separators.get(from - 1));
        }
        above.add(inner(null, level.subList(from, to), separators.subList(from, to - 1)));
      }
      level = above;
      separators = separatorsAbove;
    }
    return new OrderedMap<>(naming, level.getFirst());
  }

  boolean isEmpty() {
    return root.length == 1;
  }

  /** The entry of that name, or null. */
  E findOrNull(byte[] name) {
    Object[] node = root;
    while (!isLeaf(node)) {
      node = (Object[]) node[1 + childIndex(node, name)];
    }
    int at = search(node, name);
    return at > 0 ? entry(node, at) : null;
  }

  /** The map with {@code entry} under {@code name}, which must be its own, replacing another. */
  OrderedMap<E> with(byte[] name, E entry, Object owner) {
    Object[] changed = put(root, name, entry, owner, true);
    if (width(changed) > WIDTH) {
      changed = split(changed, owner, endsWith(changed, entry)).asRoot(owner);
    }
    return new OrderedMap<>(naming, changed);
  }

  /** The map without the entry of that name. */
  OrderedMap<E> without(byte[] name, Object owner) {
    Object[] changed = remove(root, name, owner);
    while (!isLeaf(changed) && width(changed) == 1) {
      changed = (Object[]) changed[1];
    }
    return new OrderedMap<>(naming, changed.length == 1 ? NO_ENTRIES : changed);
  }

  /** All entries in order, as of this version. */
  @Override
  public Iterator<E> iterator() {
    return new Walk(new byte[0]);
  }

  /** The entries whose names are not less than {@code name}, in order, as of this version. */
  Iterator<E> from(byte[] name) {
    return new Walk(name);
  }

  private Object[] put(Object[] node, byte[] name, E entry, Object owner, boolean rightEdge) {
    if (isLeaf(node)) {
      int at = search(node, name);
      if (at > 0) {
        Object[] own = owned(node, owner);
        own[at] = entry;
        return own;
      }
      return inserted(node, -at, entry, owner);
    }
    int kids = width(node);
    int child = childIndex(node, name);
    boolean childAtEdge = rightEdge && child == kids - 1;
    Object[] before = (Object[]) node[1 + child];
    Object[] changed = put(before, name, entry, owner, childAtEdge);
    if (changed == before) {
      return node;
    }
    if (width(changed) <= WIDTH) {
      Object[] own = owned(node, owner);
      own[1 + child] = changed;
      return own;
    }
    Split split = split(changed, owner, childAtEdge && endsWith(changed, entry));
    Object[] wider = inserted(node, 2 + child, split.right, owner);
    wider[1 + child] = split.left;
    return inserted(wider, 1 + kids + 1 + child, split.separator, owner);
  }

  private Object[] remove(Object[] node, byte[] name, Object owner) {
    if (isLeaf(node)) {
      int at = search(node, name);
      return at > 0 ? cut(node, at, owner) : node;
    }
    int child = childIndex(node, name);
    Object[] before = (Object[]) node[1 + child];
    Object[] changed = remove(before, name, owner);
    if (changed == before) {
      return node;
    }
    if (changed.length == 1) {
      return withoutChild(node, child, Math.max(0, child - 1), owner);
    }
    Object[] own = owned(node, owner);
    own[1 + child] = changed;
    return width(changed) < JOIN_BELOW ? joinedWithNeighbour(own, child, owner) : own;
  }

  private Object[] joinedWithNeighbour(Object[] node, int child, Object owner) {
    int kids = width(node);
    for (int left = child - 1; left <= child; left++) {
      if (left < 0 || left + 1 >= kids) {
        continue;
      }
      Object[] a = (Object[]) node[1 + left];
      Object[] b = (Object[]) node[2 + left];
      if (width(a) + width(b) <= JOINED_MAX) {
        Object[] joined = joined(a, (byte[]) node[1 + kids + left], b, owner);
        Object[] narrower = withoutChild(node, left + 1, left, owner);
        narrower[1 + left] = joined;
        return narrower;
      }
    }
    return node;
  }

  private Object[] joined(Object[] a, byte[] separator, Object[] b, Object owner) {
    if (!isLeaf(a)) {
      List<Object[]> kids = new ArrayList<>(kids(a));
      kids.addAll(kids(b));
      List<byte[]> separators = new ArrayList<>(separators(a));
      separators.add(separator);
      separators.addAll(separators(b));
      return inner(owner, kids, separators);
    }
    Object[] joined = Arrays.copyOf(a, a.length + b.length - 1);
    System.arraycopy(b, 1, joined, a.length, b.length - 1);
    joined[0] = owner;
    return joined;
  }

  private Object[] withoutChild(Object[] node, int child, int separator, Object owner) {
    int kids = width(node);
    Object[] fewer = kids == 1 ? node : cut(node, 1 + kids + separator, owner);
    return cut(fewer, 1 + child, owner);
  }

  /**
   * Halves a node that is too wide; at the right edge all but the newest stay together, so that
   * names that come in order leave full leaves behind.
   */
  private Split split(Object[] node, Object owner, boolean appended) {
    int width = width(node);
    int keep = appended ? width - 1 : width / 2;
    if (isLeaf(node)) {
      Object[] left = Arrays.copyOf(node, 1 + keep);
      Object[] right = Arrays.copyOfRange(node, keep, 1 + width);
      left[0] = owner;
      right[0] = owner;
      byte[] last = naming.name(entry(left, keep));
      return new Split(left, separator(last, naming.name(entry(right, 1))), right);
    }
    List<Object[]> kids = kids(node);
    List<byte[]> separators = separators(node);
    return new Split(
        inner(owner, kids.subList(0, keep), separators.subList(0, keep - 1)),
        separators.get(keep - 1),
        inner(owner, kids.subList(keep, width), separators.subList(keep, width - 1)));
  }

  /** True if {@code entry} is the very last one below {@code node}. */
  private boolean endsWith(Object[] node, E entry) {
    Object[] at = node;
    while (!isLeaf(at)) {
      at = (Object[]) at[width(at)];
    }
    return at[at.length - 1] == entry;
  }

  /** The position of the entry of that name in a leaf, or minus the one where it belongs. */
  private int search(Object[] leaf, byte[] name) {
    int low = 1;
    int high = leaf.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = naming.compare(name, entry(leaf, middle));
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return -low;
  }

  @SuppressWarnings("unchecked")
  private E entry(Object[] leaf, int at) {
    return (E) leaf[at];
  }

  /** The two halves of a node that was too wide. */
  private record Split(Object[] left, byte[] separator, Object[] right) {
    private Object[] asRoot(Object owner) {
      return new Object[] {owner, left, right, separator};
    }
  }

  /** Holds the way from the root to the next leaf. */
  private final class Walk implements Iterator<E> {
    private Object[][] inner = new Object[4][];
    private int[] nextKid = new int[4];
    private int height;
    private Object[] leaf;
    private int at;

    private Walk(byte[] from) {
      Object[] node = root;
      while (!isLeaf(node)) {
        int child = childIndex(node, from);
        push(node, child + 1);
        node = (Object[]) node[1 + child];
      }
      leaf = node;
      at = Math.abs(search(node, from));
      skipToEntry();
    }

    @Override
    public boolean hasNext() {
      return at < leaf.length;
    }

    @Override
    public E next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      E next = entry(leaf, at++);
      skipToEntry();
      return next;
    }

    private void skipToEntry() {
      while (at == leaf.length && height > 0) {
        Object[] above = inner[height - 1];
        int kid = nextKid[height - 1]++;
        if (kid == width(above)) {
          height--;
          continue;
        }
        Object[] node = (Object[]) above[1 + kid];
        while (!isLeaf(node)) {
          push(node, 1);
          node = (Object[]) node[1];
        }
        leaf = node;
        at = 1;
      }
    }

    private void push(Object[] node, int next) {
      if (height == inner.length) {
        inner = Arrays.copyOf(inner, 2 * height);
        nextKid = Arrays.copyOf(nextKid, 2 * height);
      }
      inner[height] = node;
      nextKid[height++] = next;
    }
  }
}
