package io.conclave.keyspace.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.EventHistory.Scan;
import io.conclave.keyspace.tree.KeyEvent.Action;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.core.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventHistoryTest {
  private static final KeyPath KEY = KeyPath.of("/k");
  private static final HistoryLimits TEN = HistoryLimits.ofEvents(10);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 100, 1_000, 20_000})
  void remembersTheNewestEventsInOrder(int eventsMax) {
    EventHistory history = EventHistory.startingAfter(0, HistoryLimits.ofEvents(eventsMax));
    int appended = 2 * eventsMax + 200;
    for (long index = 1; index <= appended; index++) {
      history = history.append(event(index));
    }
    assertEquals(eventsMax, history.size());
    assertEquals(appended, history.newestIndex());
    assertEquals(appended - eventsMax + 1, history.oldestIndex());
    for (long index = history.oldestIndex(); index <= appended; index++) {
      assertEquals(index, history.eventAt(index).orElseThrow().index());
    }
  }

  @Test
  void tellsWhatHappenedSinceAnIndexOrThatItHasForgotten() {
    EventHistory history = EventHistory.startingAfter(0, HistoryLimits.ofEvents(5));
    for (long index = 1; index <= 9; index++) {
      history = history.append(index == 7 ? null : event(index));
    }
    assertEquals(
        List.of(5L, 6L, 8L, 9L),
        history.since(4).orElseThrow().stream().map(live -> live.event().index()).toList());
    assertEquals(List.of(), history.since(9).orElseThrow());
    assertEquals(List.of(), history.since(12).orElseThrow());
    assertEquals(Optional.empty(), history.since(3));
  }

  @Test
  void olderVersionsSeeNothingOfWhatFollows() {
    List<EventHistory> versions = new ArrayList<>();
    EventHistory history = EventHistory.startingAfter(0, HistoryLimits.ofEvents(100));
    for (long index = 1; index <= 500; index++) {
      versions.add(history);
      history = history.append(event(index));
    }
    for (int i = 0; i < versions.size(); i++) {
      EventHistory version = versions.get(i);
      assertEquals(i, version.newestIndex());
      assertEquals(
          List.of(),
          assertInstanceOf(Scan.Matches.class, version.scan(KEY, true, i + 1, 1)).events());
      for (long index = version.oldestIndex(); index <= i; index++) {
        assertEquals(index, version.eventAt(index).orElseThrow().index());
      }
    }
  }

  @Test
  void twoContinuationsOfOneVersionDoNotMix() {
    for (int length : new int[] {0, 1, 63, 64, 65, 130}) {
      EventHistory common = EventHistory.startingAfter(0, HistoryLimits.ofEvents(1_000));
      for (long index = 1; index <= length; index++) {
        common = common.append(event(index));
      }
      EventHistory left = common;
      EventHistory right = common;
      for (long index = length + 1; index <= length + 200; index++) {
        left = left.append(event(index, "left"));
        right = right.append(event(index, "right"));
      }
      for (long index = length + 1; index <= length + 200; index++) {
        assertEquals(event(index, "left"), left.eventAt(index).orElseThrow());
        assertEquals(event(index, "right"), right.eventAt(index).orElseThrow());
      }
      assertNotEquals(left, right);
    }
  }

  @Test
  void silentEventsTakeAPlaceAndMatchNobody() {
    EventHistory history = EventHistory.startingAfter(0, HistoryLimits.ofEvents(3));
    for (long index = 1; index <= 5; index++) {
      history = history.append(index == 4 ? event(4) : null);
    }
    assertEquals(3, history.oldestIndex());
    Scan.Matches found =
        assertInstanceOf(Scan.Matches.class, history.scan(KeyPath.ROOT, true, 3, 10));
    assertEquals(List.of(event(4)), found.events());
    assertEquals(6, found.nextIndex());
  }

  @Test
  void aScanBeforeTheOldestEventIsError401() {
    EventHistory history = EventHistory.startingAfter(0, HistoryLimits.ofEvents(1_000));
    for (long index = 1; index <= 1_007; index++) {
      history = history.append(event(index));
    }
    Scan.Cleared cleared = assertInstanceOf(Scan.Cleared.class, history.scan(KEY, false, 7, 1));
    assertEquals(
        V2Error.of(Code.EVENT_INDEX_CLEARED, "the requested history has been cleared [8/7]", 1_007),
        cleared.error());
    Scan.Matches oldest = assertInstanceOf(Scan.Matches.class, history.scan(KEY, false, 8, 1));
    assertEquals(List.of(event(8)), oldest.events());
  }

  @Test
  void aScanIntoTheFutureFindsNothingAndWaitsThere() {
    EventHistory history =
        EventHistory.startingAfter(0, HistoryLimits.ofEvents(10)).append(event(1));
    assertEquals(new Scan.Matches(List.of(), 9), history.scan(KEY, false, 9, 1));
    assertEquals(new Scan.Matches(List.of(), -1), history.scan(KEY, false, -1, 1));
    EventHistory empty = EventHistory.startingAfter(0, HistoryLimits.ofEvents(10));
    assertEquals(new Scan.Matches(List.of(), 1), empty.scan(KEY, false, 1, 1));
  }

  @Test
  void aLimitedScanGoesOnWhereItStopped() {
    EventHistory history = EventHistory.startingAfter(0, HistoryLimits.ofEvents(100));
    for (long index = 1; index <= 50; index++) {
      history = history.append(index % 2 == 0 ? event(index) : null);
    }
    List<Long> seen = new ArrayList<>();
    for (long from = 1; from <= 50; ) {
      Scan.Matches part = assertInstanceOf(Scan.Matches.class, history.scan(KEY, false, from, 7));
      part.events().forEach(event -> seen.add(event.index()));
      from = part.nextIndex();
    }
    assertEquals(25, seen.size());
    assertEquals(50, seen.getLast());
  }

  @Test
  void aHistoryOfAnotherSizeKeepsTheNewestEvents() {
    KeySpace tree = KeySpaceTest.fresh();
    for (int i = 0; i < 50; i++) {
      Command set = new Command.Set(KEY, Bytes.EMPTY, false, Ttl.PERMANENT, false);
      tree = tree.apply(set, tree.stamp()).after();
    }
    EventHistory smaller = tree.withHistory(TEN).history();
    assertEquals(10, smaller.size());
    assertEquals(53, smaller.newestIndex());
    EventHistory larger =
        tree.withHistory(TEN).withHistory(HistoryLimits.ofEvents(2_000)).history();
    assertEquals(44, larger.oldestIndex());
    assertEquals(smaller.eventAt(44), larger.eventAt(44));
  }

  @Test
  void eventsAreForgottenByTheirBytesToo() {
    EventHistory history = EventHistory.startingAfter(0, new HistoryLimits(1_000, 10_000));
    for (long index = 1; index <= 20; index++) {
      history = history.append(event(index, "x".repeat(1_742))); // 2,000 with key and objects
    }
    assertEquals(5, history.size());
    assertEquals(10_000, history.bytes());
    assertEquals(16, history.oldestIndex());
    history = history.append(event(21, "x".repeat(1_743)));
    assertEquals(4, history.size(), "one byte too many for five");
    history = history.append(event(22, "x".repeat(50_000)));
    assertEquals(1, history.size(), "the newest stays, however large it is");
    assertEquals(22, history.eventAt(22).orElseThrow().index());
    history = history.append(null);
    assertEquals(1, history.size());
    assertEquals(23, history.oldestIndex());
  }

  @Test
  void smallEventsAreRememberedToTheLast() {
    EventHistory history = EventHistory.startingAfter(0, new HistoryLimits(1_000, 32 << 20));
    for (long index = 1; index <= 3_000; index++) {
      history = history.append(event(index, "x".repeat(4_000)));
    }
    assertEquals(1_000, history.size());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithAPlainRowOfEvents(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    int eventsMax = 1 + random.nextInt(400);
    long bytesMax = 1 + random.nextInt(200_000);
    HistoryLimits limits = new HistoryLimits(eventsMax, bytesMax);
    EventHistory history = EventHistory.startingAfter(0, limits);
    List<KeyEvent> model = new ArrayList<>();
    for (long index = 1; index <= 3_000; index++) {
      int length = random.nextInt(random.nextInt(50) == 0 ? 100_000 : 600);
      KeyEvent next = random.nextInt(9) == 0 ? null : event(index, "x".repeat(length));
      if (random.nextInt(20) == 0) {
        history.append(event(index, "another continuation"));
      }
      history = history.append(next);
      model.add(next);
      while (model.size() > eventsMax || model.size() > 1 && bytes(model) > bytesMax) {
        model.removeFirst();
      }
      assertEquals(model.size(), history.size(), "seed " + seed + ", event " + index);
      assertEquals(bytes(model), history.bytes(), "seed " + seed + ", event " + index);
      long forgotten = history.bytesHeld() - history.bytes();
      assertTrue(forgotten <= bytesMax / 16 + 300, "seed " + seed + " holds " + forgotten);
    }
    for (int i = 0; i < model.size(); i++) {
      assertEquals(Optional.ofNullable(model.get(i)), history.eventAt(history.oldestIndex() + i));
    }
    EventHistory unlimited =
        history.resized(new HistoryLimits(5_000, Long.MAX_VALUE)).resized(limits);
    assertEquals(history, unlimited, "seed " + seed);
  }

  private static long bytes(List<KeyEvent> events) {
    return events.stream().mapToLong(HistoryLimits::bytesOf).sum();
  }

  private static KeyEvent event(long index) {
    return event(index, "x");
  }

  private static KeyEvent event(long index, String value) {
    NodeView node =
        new NodeView(KEY, true, Bytes.utf8(value), false, false, 0, 0, List.of(), index, index);
    return new KeyEvent(Action.SET, node, null, index, false, true);
  }
}
