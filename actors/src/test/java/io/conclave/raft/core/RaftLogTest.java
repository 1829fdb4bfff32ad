package io.conclave.raft.core;

import static io.conclave.raft.core.Entries.at;
import static io.conclave.raft.core.Entries.entry;
import static io.conclave.raft.core.Entries.from;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RaftLogTest {
  private static RaftLog log(long... terms) {
    return new RaftLog(LogPosition.ORIGIN, Stamp.ZERO, from(1, terms), 0, 0);
  }

  @Test
  void matchesOnlyWithTheSameTermAtTheSameIndex() {
    RaftLog log = log(1, 1, 2);
    assertTrue(log.matches(LogPosition.ORIGIN));
    assertTrue(log.matches(at(2, 3)));
    assertFalse(log.matches(at(1, 3)));
    assertFalse(log.matches(at(2, 4)));
  }

  @Test
  void laterTermIsMoreUpToDateThanLongerLog() {
    RaftLog log = log(1, 2, 2);
    assertTrue(log.isUpToDate(at(2, 3)));
    assertTrue(log.isUpToDate(at(3, 1)));
    assertFalse(log.isUpToDate(at(2, 2)));
    assertFalse(log.isUpToDate(at(1, 9)));
  }

  @Test
  void findsTheFirstEntryThatIsNew() {
    RaftLog log = log(1, 1, 2);
    assertEquals(4, log.firstNew(from(2, 1, 2)));
    assertEquals(4, log.firstNew(from(2, 1, 2, 2)));
    assertEquals(3, log.firstNew(from(2, 1, 3)));
  }

  @Test
  void truncationLowersWhatIsPersisted() {
    RaftLog log = log(1, 1, 1, 1);
    log.truncateFrom(3);
    assertEquals(at(1, 2), log.last());
    assertEquals(2, log.persisted());
    assertEquals(2, log.handed());
  }

  @Test
  void committedEntriesAreNeverDiscarded() {
    RaftLog log = log(1, 1, 1);
    log.commitTo(2);
    assertThrows(IllegalStateException.class, () -> log.truncateFrom(2));
    log.truncateFrom(3);
    assertEquals(2, log.lastIndex());
  }

  @Test
  void appliesOnlyWhatIsBothCommittedAndPersisted() {
    RaftLog log = log(1, 1);
    log.append(entry(1, 3));
    log.commitTo(3);
    assertEquals(from(1, 1, 1), log.nextToApply(10, 1000));
    assertEquals(List.of(), log.nextToApply(10, 1000));
    log.handedTo(3);
    log.persistedTo(3);
    assertEquals(from(3, 1), log.nextToApply(10, 1000));
  }

  @Test
  void appliesNoFurtherThanTheWindow() {
    RaftLog log = log(1, 1, 1, 1);
    log.commitTo(4);
    assertEquals(2, log.nextToApply(2, 1000).size());
    assertEquals(0, log.nextToApply(2, 1000).size());
    log.appliedTo(1);
    assertEquals(from(3, 1), log.nextToApply(2, 1000));
  }

  @Test
  void sliceStopsAtTheByteLimitButGivesAtLeastOne() {
    RaftLog log = log(1, 1, 1, 1);
    int size = RaftLog.sizeOf(entry(1, 1));
    assertEquals(1, log.slice(1, 4, 10, 1).size());
    assertEquals(2, log.slice(1, 4, 10, 2 * size).size());
    assertEquals(3, log.slice(1, 4, 3, 100 * size).size());
    assertEquals(0, log.slice(5, 4, 3, 100 * size).size());
  }

  @Test
  void goesBackOverAllEntriesOfLaterTerms() {
    RaftLog log = log(1, 1, 4, 4, 4);
    assertEquals(at(1, 2), log.latestWithTermAtMost(5, 3));
    assertEquals(at(4, 4), log.latestWithTermAtMost(4, 4));
    assertEquals(at(4, 5), log.latestWithTermAtMost(9, 9));
    assertEquals(LogPosition.ORIGIN, log.latestWithTermAtMost(5, 0));
  }

  @Test
  void compactionKeepsThePositionInFront() {
    RaftLog log = log(1, 2, 3);
    log.commitTo(3);
    log.nextToApply(10, 1000);
    assertThrows(IllegalStateException.class, () -> log.compactTo(2));
    log.appliedTo(3);
    log.compactTo(2);
    assertEquals(3, log.firstIndex());
    assertTrue(log.matches(at(2, 2)));
    assertFalse(log.holds(1));
    assertEquals(at(3, 3), log.last());
  }

  @Test
  void installedSnapshotIsTheWholeLog() {
    RaftLog log = log(1, 1, 1);
    log.restore(at(5, 9), Stamp.ZERO);
    assertEquals(at(5, 9), log.last());
    assertEquals(9, log.commit());
    assertEquals(9, log.persisted());
    assertThrows(IllegalStateException.class, () -> log.restore(at(5, 9), Stamp.ZERO));
  }

  @Test
  void ownEntriesFollowEachOther() {
    RaftLog log = log(2, 2);
    assertThrows(IllegalStateException.class, () -> log.append(entry(2, 4)));
    assertThrows(IllegalStateException.class, () -> log.append(entry(1, 3)));
  }
}
