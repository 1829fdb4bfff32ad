package io.conclave.http.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.NodeView;
import io.conclave.raft.core.Bytes;
import io.conclave.watch.WatchRequest;
import io.conclave.watch.WatchedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The bounded queue between the hub and one connection (spec v2-keys §13, divergence 5). */
final class WatchQueueTest {
  private static final int EVENTS_MAX = 3;

  private final List<WatchRequest> toHub = new ArrayList<>();
  private final OpenWatches unlimited = watches(Long.MAX_VALUE);
  private final WatchQueue stream = new WatchQueue(EVENTS_MAX, true, unlimited);
  private final WatchQueue longPoll = new WatchQueue(EVENTS_MAX, false, unlimited);

  @Test
  void aLongPollEndsAfterItsFirstEvent() {
    assertTrue(longPoll.offer(event(1)));
    assertTrue(longPoll.isComplete());
    assertFalse(longPoll.offer(event(2)));
    assertEquals(List.of(1L), drain(longPoll));
    assertTrue(longPoll.isFinished());
  }

  @Test
  void aStreamGoesOnWhileItsReaderKeepsUp() {
    for (long index = 1; index <= 10 * EVENTS_MAX; index++) {
      assertTrue(stream.offer(event(index)));
      assertEquals(List.of(index), drain(stream));
    }
    assertFalse(stream.isComplete());
  }

  @Test
  void aFullQueueRefusesAndEndsAfterWhatItHolds() {
    for (long index = 1; index <= EVENTS_MAX; index++) {
      assertTrue(stream.offer(event(index)));
    }
    assertFalse(stream.offer(event(4)));
    assertFalse(stream.isFinished());
    assertEquals(List.of(1L, 2L, 3L), drain(stream));
    assertTrue(stream.isFinished());
    assertFalse(stream.offer(event(5)));
    assertTrue(stream.isFinished());
  }

  @Test
  void aQueueIsFullOfBytesTooButTakesAnyEventWhenItIsEmpty() {
    String half = "x".repeat((int) WatchQueue.BYTES_MAX / 2 - 100);
    assertTrue(stream.offer(event(1, half)));
    assertTrue(stream.offer(event(2, half)));
    assertEquals(List.of(1L, 2L), drain(stream));
    assertTrue(stream.offer(event(3, half.repeat(4))));
    assertEquals(List.of(3L), drain(stream));
    assertTrue(stream.offer(event(4, half)));
    assertFalse(stream.offer(event(5, half + "x".repeat(300))));
    assertEquals(List.of(4L), drain(stream));
    assertTrue(stream.isFinished());
  }

  @Test
  void thePastDoesNotCountAgainstTheLimit() {
    stream.past(events(1, 10));
    for (long index = 11; index < 11 + EVENTS_MAX; index++) {
      assertTrue(stream.offer(event(index)));
    }
    assertFalse(stream.offer(event(14)));
    assertEquals(LongStream.rangeClosed(1, 13).boxed().toList(), drain(stream));
    assertTrue(stream.isFinished());
  }

  @Test
  void readingThePastMakesNoRoomForMoreThanTheLimit() {
    stream.past(events(1, 10));
    poll(stream, 10);
    for (long index = 11; index < 11 + EVENTS_MAX; index++) {
      assertTrue(stream.offer(event(index)));
    }
    assertFalse(stream.offer(event(14)));
  }

  @Test
  void aLongPollIsOverWithItsPast() {
    longPoll.past(events(1, 1));
    assertTrue(longPoll.isComplete());
    assertFalse(longPoll.offer(event(2)));
    assertEquals(List.of(1L), drain(longPoll));
    assertTrue(longPoll.isFinished());
  }

  @Test
  void aStreamThatHasEndedIsNotBroughtBackByItsPast() {
    stream.complete();
    stream.past(events(1, 2));
    assertTrue(stream.isComplete());
    assertFalse(stream.offer(event(3)));
  }

  @Test
  void theEndComesAfterWhatIsQueued() {
    stream.offer(event(1));
    stream.complete();
    assertTrue(stream.isComplete());
    assertFalse(stream.isFinished());
    assertEquals(List.of(1L), drain(stream));
    assertTrue(stream.isFinished());
  }

  @Test
  void theReaderIsWokenByEveryChange() {
    List<String> woken = new ArrayList<>();
    stream.attach(() -> woken.add("again"));
    stream.past(events(1, 2));
    stream.offer(event(3));
    stream.complete();
    assertEquals(3, woken.size());
  }

  @Test
  void aReaderThatHasGoneIsToldSoAndTakesNothing() {
    List<String> woken = new ArrayList<>();
    stream.attach(() -> woken.add("again"));
    stream.offer(event(1));
    stream.detach();
    assertEquals(2, woken.size());
    assertFalse(stream.offer(event(2)));
    stream.past(events(3, 4));
    assertEquals(Optional.empty(), stream.poll());
    assertTrue(stream.isFinished());
    assertEquals(2, woken.size());
  }

  @Test
  void onlyAQueueWithoutAReaderIsAnOrphan() {
    long later = System.nanoTime() + 1;
    assertTrue(stream.isOrphanedSince(later));
    assertFalse(stream.isOrphanedSince(later - 3_600_000_000_000L));
    stream.attach(() -> {});
    assertFalse(stream.isOrphanedSince(later));
  }

  @Test
  void anEventCountsOnceHoweverManyWaitForIt() {
    OpenWatches watches = watches(500);
    WatchedEvent shared = event(1, "x".repeat(300));
    for (int i = 0; i < 10; i++) {
      assertTrue(open(watches).offer(shared));
    }
    assertTrue(open(watches).offer(event(2)));
    assertEquals(List.of(), toHub);
  }

  @Test
  void theWatchThatIsFurthestBehindEndsWhenAllHoldTooMuch() {
    OpenWatches watches = watches(500);
    WatchQueue slow = open(watches);
    WatchQueue slower = open(watches);
    slower.past(List.of(event(1, "x".repeat(200))));
    assertTrue(slow.offer(event(2, "x".repeat(200))));
    assertFalse(slower.isGivenUp());
    assertTrue(slow.offer(event(3, "x".repeat(200))));
    assertTrue(slower.isGivenUp());
    assertFalse(slow.isGivenUp());
    assertEquals(List.of(new WatchRequest.Cancel(slower)), toHub);
    assertTrue(slower.isFinished());
    assertEquals(List.of(2L, 3L), drain(slow));
  }

  @Test
  void allWhoHoldTheOldestEventEndBeforeItIsFree() {
    OpenWatches watches = watches(500);
    List<WatchQueue> slow = List.of(open(watches), open(watches), open(watches));
    WatchedEvent first = event(1, "x".repeat(300));
    slow.forEach(queue -> queue.offer(first));
    WatchQueue quick = open(watches);
    assertTrue(quick.offer(event(2, "x".repeat(300))));
    assertTrue(slow.stream().allMatch(WatchQueue::isGivenUp));
    assertFalse(quick.isGivenUp());
  }

  @Test
  void anEventCountsUntilItsReaderAsksForMore() {
    OpenWatches watches = watches(500);
    WatchQueue quick = open(watches);
    quick.offer(event(1, "x".repeat(300)));
    assertEquals(List.of(1L), drain(quick));
    WatchQueue slow = open(watches);
    slow.offer(event(2, "x".repeat(300)));
    assertFalse(quick.isGivenUp());
    assertEquals(List.of(2L), poll(slow, 1));
    open(watches).offer(event(3, "x".repeat(300)));
    assertTrue(slow.isGivenUp());
    assertFalse(quick.isGivenUp());
  }

  @Test
  void aSingleEventPassesHoweverLargeItIs() {
    WatchQueue reader = open(watches(10));
    assertTrue(reader.offer(event(1, "x".repeat(300))));
    assertFalse(reader.isGivenUp());
  }

  private OpenWatches watches(long bytesMax) {
    return new OpenWatches(toHub::add, new WaitingEvents(bytesMax));
  }

  private static WatchQueue open(OpenWatches watches) {
    WatchQueue queue = new WatchQueue(EVENTS_MAX, true, watches);
    watches.add(queue);
    return queue;
  }

  private static List<Long> drain(WatchQueue queue) {
    return poll(queue, Integer.MAX_VALUE);
  }

  private static List<Long> poll(WatchQueue queue, int eventsMax) {
    List<Long> indexes = new ArrayList<>();
    for (int i = 0; i < eventsMax; i++) {
      Optional<WatchedEvent> next = queue.poll();
      if (next.isEmpty()) {
        break;
      }
      indexes.add(next.get().event().index());
    }
    return indexes;
  }

  private static List<WatchedEvent> events(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(WatchQueueTest::event).toList();
  }

  private static WatchedEvent event(long index) {
    return event(index, "");
  }

  private static WatchedEvent event(long index, String value) {
    NodeView node =
        new NodeView(
            KeyPath.of("/a"), true, Bytes.utf8(value), false, false, 0, 0, List.of(), index, index);
    return new WatchedEvent(new KeyEvent(KeyEvent.Action.SET, node, null, index, false, true));
  }
}
