package io.conclave.keyspace.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class ExpiryIndexTest {
  private final Object owner = new Object();

  @Test
  void tellsTheEarliestDeadlineFirst() {
    ExpiryIndex index = ExpiryIndex.EMPTY;
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    TreeMap<Long, String> expected = new TreeMap<>();
    for (int i = 0; i < 2_000; i++) {
      long deadline = random.nextLong() >> random.nextInt(60);
      String path = "/k" + i;
      if (expected.putIfAbsent(deadline, path) == null) {
        index = index.with(deadline, KeyPath.of(path), owner);
      }
    }
    for (var entry : expected.entrySet()) {
      assertEquals(OptionalLong.of(entry.getKey()), index.first());
      assertNull(index.firstDueOrNull(entry.getKey() - 1));
      KeyPath due = index.firstDueOrNull(entry.getKey());
      assertEquals(KeyPath.of(entry.getValue()), due);
      index = index.without(entry.getKey(), due, owner);
    }
    assertTrue(index.isEmpty());
    assertEquals(OptionalLong.empty(), index.first());
  }

  @Test
  void nodesOfOneDeadlineFollowByPath() {
    ExpiryIndex index = ExpiryIndex.EMPTY;
    for (String path : List.of("/b", "/a/x", "/a")) {
      index = index.with(5, KeyPath.of(path), owner);
    }
    List<String> order = new ArrayList<>();
    while (!index.isEmpty()) {
      KeyPath due = index.firstDueOrNull(5);
      order.add(due.toString());
      index = index.without(5, due, owner);
    }
    assertEquals(List.of("/a", "/a/x", "/b"), order);
  }

  @Test
  void anIndexMadeAtOnceEqualsOneGrownStepByStep() {
    ExpiryIndex grown = ExpiryIndex.EMPTY;
    List<byte[]> entries = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      KeyPath path = KeyPath.of("/" + i);
      grown = grown.with(i * 37 % 100, path, owner);
      entries.add(ExpiryIndex.entry(i * 37 % 100, path));
    }
    assertEquals(grown, ExpiryIndex.ofAll(entries));
  }
}
