package io.conclave.raft.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.ReadIndexQueue.Confirmed;
import io.conclave.raft.core.ReadIndexQueue.Reader;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReadIndexQueueTest {
  private final ReadIndexQueue queue = new ReadIndexQueue(3);
  private final Reader first = new Reader.Local(1);
  private final Reader second = new Reader.Local(2);
  private final Reader remote = new Reader.Remote(new MemberId(7), 5);

  @Test
  void allThatWaitShareARound() {
    queue.add(first);
    queue.add(remote);
    queue.begin(true, 10, 70);
    assertEquals(
        new Confirmed(List.of(first, remote), 10, 70), queue.confirm(queue.newest()).orElseThrow());
    assertFalse(queue.isUnderWay());
  }

  @Test
  void readThatComesDuringARoundWaitsForTheNext() {
    queue.add(first);
    queue.begin(true, 10, 0);
    queue.add(second);
    assertEquals(List.of(first), queue.confirm(1).orElseThrow().readers());
    assertTrue(queue.hasWaiting());
    queue.begin(true, 12, 0);
    assertTrue(queue.confirm(1).isEmpty());
    assertEquals(new Confirmed(List.of(second), 12, 0), queue.confirm(2).orElseThrow());
  }

  @Test
  void oneRoundAtATime() {
    queue.begin(true, 10, 0);
    assertThrows(IllegalStateException.class, () -> queue.begin(true, 11, 0));
  }

  @Test
  void roundWithoutReadsLeavesThemWaiting() {
    queue.add(first);
    queue.begin(false, 10, 0);
    assertEquals(List.of(), queue.confirm(1).orElseThrow().readers());
    assertTrue(queue.hasWaiting());
  }

  @Test
  void repeatedQuestionOfAFollowerCountsOnce() {
    assertTrue(queue.add(remote));
    assertTrue(queue.add(remote));
    queue.begin(true, 10, 0);
    assertTrue(queue.add(remote));
    assertEquals(List.of(remote), queue.confirm(1).orElseThrow().readers());
    assertFalse(queue.hasWaiting());
  }

  @Test
  void refusesMoreThanItsLimit() {
    queue.add(first);
    queue.add(second);
    queue.begin(true, 10, 0);
    assertTrue(queue.add(remote));
    assertFalse(queue.add(new Reader.Local(4)));
  }

  @Test
  void handsBackEverythingWhenTheLeaderStepsDown() {
    queue.add(first);
    queue.begin(true, 10, 0);
    queue.add(second);
    assertEquals(List.of(first, second), queue.takeAll());
    assertEquals(List.of(), queue.takeAll());
  }
}
