package io.conclave.raft.core;

import static io.conclave.raft.core.Entries.from;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.Progress.State;
import io.conclave.raft.core.RaftOptions.Batching;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private static final Batching LIMITS =
      new Batching(10, 1000, 1, 10, 1000, 3, 1000, 10, 1000, 10, 10);

  private final Progress progress = new Progress(5, true);

  private void replicate(long match) {
    progress.acknowledged(match);
    assertEquals(State.REPLICATE, progress.state());
  }

  @Test
  void probesWithOneMessageAtATime() {
    assertTrue(progress.mayAppend(LIMITS));
    progress.sent(from(5, 1), 0);
    assertFalse(progress.mayAppend(LIMITS));
    assertEquals(5, progress.next());
  }

  @Test
  void lostProbeIsSentAgainAfterAQuietInterval() {
    progress.sent(from(5, 1), 0);
    progress.interval();
    assertFalse(progress.heartbeatAnswered());
    assertFalse(progress.mayAppend(LIMITS));
    progress.interval();
    assertFalse(progress.heartbeatAnswered());
    assertTrue(progress.mayAppend(LIMITS));
  }

  @Test
  void repliesOpenTheWindow() {
    replicate(5);
    assertEquals(6, progress.next());
    progress.sent(from(6, 1, 1, 1), 0);
    assertEquals(9, progress.next());
    assertFalse(progress.mayAppend(LIMITS));
    assertTrue(progress.acknowledged(8));
    assertTrue(progress.mayAppend(LIMITS));
  }

  @Test
  void windowIsBoundedInBytesToo() {
    replicate(5);
    Batching narrow = new Batching(10, 1000, 1, 10, 1000, 100, 60, 10, 1000, 10, 10);
    progress.sent(from(6, 1), 0);
    assertTrue(progress.mayAppend(narrow));
    progress.sent(from(7, 1), 0);
    assertFalse(progress.mayAppend(narrow));
  }

  @Test
  void rejectionGoesBackToWhereBothCanAgree() {
    progress.rejected(4, 2);
    assertEquals(3, progress.next());
    assertEquals(State.PROBE, progress.state());
  }

  @Test
  void rejectionNeverGoesBehindWhatMatches() {
    replicate(5);
    progress.sent(from(6, 1, 1), 0);
    progress.rejected(7, 1);
    assertEquals(6, progress.next());
  }

  @Test
  void staleRejectionIsIgnored() {
    progress.rejected(3, 0);
    assertEquals(5, progress.next());
    replicate(5);
    progress.rejected(5, 0);
    assertEquals(State.REPLICATE, progress.state());
  }

  @Test
  void silenceAfterSendingIsNoticedAfterAQuietInterval() {
    replicate(5);
    progress.sent(from(6, 1), 0);
    progress.interval();
    assertFalse(progress.heartbeatAnswered());
    progress.interval();
    assertTrue(progress.heartbeatAnswered());
    progress.acknowledged(6);
    assertFalse(progress.heartbeatAnswered());
    progress.interval();
    progress.interval();
    assertFalse(progress.heartbeatAnswered());
  }

  @Test
  void snapshotEndsByAnAcknowledgementOrByTheEndOfItsTransfer() {
    progress.sendingSnapshot(20);
    assertFalse(progress.mayAppend(LIMITS));
    progress.acknowledged(7);
    assertEquals(State.SNAPSHOT, progress.state());
    progress.acknowledged(20);
    assertEquals(State.REPLICATE, progress.state());
    assertEquals(21, progress.next());
    progress.sendingSnapshot(40);
    progress.snapshotEnded();
    assertEquals(State.PROBE, progress.state());
    assertEquals(41, progress.next());
    assertFalse(progress.mayAppend(LIMITS));
    progress.interval();
    progress.interval();
    progress.heartbeatAnswered();
    assertTrue(progress.mayAppend(LIMITS));
    progress.rejected(40, 20);
    assertEquals(21, progress.next());
  }

  @Test
  void removedPeerIsKeptUntilItKnowsOrTimeIsOver() {
    assertFalse(progress.isOver(100, 2));
    progress.removedBy(6);
    assertFalse(progress.isOver(5, 2));
    assertFalse(progress.isOver(6, 2));
    assertFalse(progress.isOver(6, 2));
    assertTrue(progress.isOver(6, 2));
  }

  @Test
  void removedPeerThatAcknowledgedAndWasToldGoesAtOnce() {
    progress.removedBy(6);
    replicate(6);
    progress.sent(from(7, 1), 7);
    assertTrue(progress.isOver(7, 100));
  }
}
