package io.conclave.keyspace.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The arrays that an {@link OrderedMap} is made of, as told there; nothing here changes one. */
final class OrderedMapLayout {
  private OrderedMapLayout() {}

  /** Which subtree holds that name, counted from 0: as many separators are not above it. */
  static int childIndex(Object[] inner, byte[] name) {
    int kids = width(inner);
    int low = 0;
    int high = kids - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(name, (byte[]) inner[1 + kids + middle]) < 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The shortest name that is greater than {@code low} and not greater than {@code high}. */
  static byte[] separator(byte[] low, byte[] high) {
    int common = Arrays.mismatch(low, high);
    return Arrays.copyOf(high, common + 1);
  }

  static boolean isLeaf(Object[] node) {
    return node.length == 1 || !(node[1] instanceof Object[]);
  }

  static int width(Object[] node) {
    return isLeaf(node) ? node.length - 1 : node.length / 2;
  }

  static List<Object[]> kids(Object[] inner) {
    List<Object[]> kids = new ArrayList<>();
    for (int i = 0; i < width(inner); i++) {
      kids.add((Object[]) inner[1 + i]);
    }
    return kids;
  }

  static List<byte[]> separators(Object[] inner) {
    List<byte[]> separators = new ArrayList<>();
    for (int i = 1 + width(inner); i < inner.length; i++) {
      separators.add((byte[]) inner[i]);
    }
    return separators;
  }

  static Object[] inner(Object owner, List<Object[]> kids, List<byte[]> separators) {
    Object[] inner = new Object[2 * kids.size()];
    inner[0] = owner;
    for (int i = 0; i < kids.size(); i++) {
      inner[1 + i] = kids.get(i);
    }
    for (int i = 0; i < separators.size(); i++) {
      inner[1 + kids.size() + i] = separators.get(i);
    }
    return inner;
  }

  static Object[] owned(Object[] node, Object owner) {
    if (node[0] == owner) {
      return node;
    }
    Object[] own = node.clone();
    own[0] = owner;
    return own;
  }

  static Object[] inserted(Object[] node, int at, Object part, Object owner) {
    Object[] longer = new Object[node.length + 1];
    System.arraycopy(node, 1, longer, 1, at - 1);
    longer[0] = owner;
    longer[at] = part;
    System.arraycopy(node, at, longer, at + 1, node.length - at);
    return longer;
  }

  static Object[] cut(Object[] node, int at, Object owner) {
    Object[] shorter = Arrays.copyOf(node, node.length - 1);
    shorter[0] = owner;
    System.arraycopy(node, at + 1, shorter, at, node.length - at - 1);
    return shorter;
  }
}
