package io.conclave.keyspace.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The persistent map against {@link TreeMap}; versions that were kept are checked again later. */
final class OrderedMapProperties {
  private static final OrderedMap.Naming<String> TEXT =
      new OrderedMap.Naming<>() {
        @Override
        public byte[] name(String entry) {
          return named(entry);
        }

        @Override
        public int compare(byte[] name, String entry) {
          return java.util.Arrays.compareUnsigned(name, named(entry));
        }
      };

  /** An entry is {@code name=value}. */
  private static byte[] named(String entry) {
    return entry.substring(0, entry.indexOf('=')).getBytes(UTF_8);
  }

  private record Version(OrderedMap<String> map, List<String> entries) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void behavesAsATreeMapAndKeepsOldVersions(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    int names = 1 << random.nextInt(3, 14);
    int growing = random.nextInt(40, 80);
    NavigableMap<String, String> model = new TreeMap<>();
    OrderedMap<String> map = OrderedMap.empty(TEXT);
    List<Version> kept = new ArrayList<>();
    for (int batch = 0; batch < 400; batch++) {
      Object owner = new Object();
      boolean mostlyGrows = batch % 100 < growing;
      for (int i = random.nextInt(1, 60); i > 0; i--) {
        String name = "k" + random.nextInt(names);
        if (random.nextInt(10) < (mostlyGrows ? 8 : 2)) {
          String entry = name + "=" + batch + "." + i;
          model.put(name, entry);
          map = map.with(name.getBytes(UTF_8), entry, owner);
        } else {
          model.remove(name);
          map = map.without(name.getBytes(UTF_8), owner);
        }
      }
      if (batch % 20 == 0) {
        kept.add(new Version(map, List.copyOf(model.values())));
      }
      checkLookups(map, model, names, random);
    }
    kept.add(new Version(map, List.copyOf(model.values())));
    for (Version version : kept) {
      assertEquals(version.entries, all(version.map.iterator()), "seed " + seed);
    }
  }

  @Test
  void removingEverythingLeavesAnEmptyMap() {
    OrderedMap<String> map = OrderedMap.empty(TEXT);
    Object owner = new Object();
    for (int i = 0; i < 20_000; i++) {
      map = map.with(name(i), entry(i), owner);
    }
    for (int i = 19_999; i >= 0; i -= 2) {
      map = map.without(name(i), new Object());
    }
    for (int i = 0; i < 20_000; i += 2) {
      assertTrue(!map.isEmpty());
      map = map.without(name(i), owner);
    }
    assertTrue(map.isEmpty());
    assertTrue(!map.iterator().hasNext());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 4096, 4097, 300_000})
  void aMapMadeOfSortedEntriesEqualsOneGrownByAppending(int size) {
    List<String> entries = new ArrayList<>();
    OrderedMap<String> grown = OrderedMap.empty(TEXT);
    Object owner = new Object();
    for (int i = 0; i < size; i++) {
      entries.add(entry(i));
      grown = grown.with(name(i), entry(i), owner);
    }
    OrderedMap<String> made = OrderedMap.ofSorted(TEXT, entries);
    assertEquals(entries, all(grown.iterator()));
    assertEquals(entries, all(made.iterator()));
    for (int i = 0; i < size; i += 1 + size / 100) {
      assertEquals(entry(i), made.findOrNull(name(i)));
      assertEquals(entries.subList(i, size), all(made.from(name(i))));
    }
    assertNull(made.findOrNull(name(size)));
  }

  @Test
  void theWriterOfABatchNeverTouchesAMapMadeOfSortedEntries() {
    OrderedMap<String> made = OrderedMap.ofSorted(TEXT, List.of(entry(1), entry(2)));
    OrderedMap<String> changed = made.with(name(1), "n0000001=other", new Object());
    assertEquals(entry(1), made.findOrNull(name(1)));
    assertEquals("n0000001=other", changed.findOrNull(name(1)));
  }

  private static void checkLookups(
      OrderedMap<String> map,
      NavigableMap<String, String> model,
      int names,
      RandomGenerator random) {
    for (int i = 0; i < 20; i++) {
      String name = "k" + random.nextInt(names);
      assertEquals(model.get(name), map.findOrNull(name.getBytes(UTF_8)));
      Iterator<String> from = map.from(name.getBytes(UTF_8));
      Iterator<String> expected = model.tailMap(name, true).values().iterator();
      for (int next = 0; next < 5 && expected.hasNext(); next++) {
        assertEquals(expected.next(), from.next());
      }
    }
    assertEquals(model.isEmpty(), map.isEmpty());
  }

  private static byte[] name(int i) {
    return "n%07d".formatted(i).getBytes(UTF_8);
  }

  private static String entry(int i) {
    return "n%07d=%d".formatted(i, i);
  }

  private static List<String> all(Iterator<String> entries) {
    List<String> all = new ArrayList<>();
    entries.forEachRemaining(all::add);
    return all;
  }
}
