package io.conclave.raft.core;

import static io.conclave.raft.core.Entries.at;
import static io.conclave.raft.core.Entries.from;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.conclave.raft.core.JournalEvent.Appended;
import io.conclave.raft.core.JournalEvent.HardStateSaved;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class JournalFoldTest {
  private static final MemberId A = new MemberId(1);
  private static final MemberId B = new MemberId(2);

  private final JournalFold fold = new JournalFold(Optional.empty(), HardState.INITIAL, 0);

  private static HardState hard(long term, MemberId vote, long commit) {
    return new HardState(term, vote, commit);
  }

  private static Appended appended(long commit, LogPosition before, long... terms) {
    return new Appended(
        hard(terms[terms.length - 1], MemberId.NONE, commit),
        before,
        from(before.index() + 1, terms));
  }

  private static SnapshotMeta snapshot(long term, long index) {
    return new SnapshotMeta(at(term, index), Membership.EMPTY, 1, Stamp.ZERO);
  }

  @Test
  void appendedReplacesEverythingFromItsFirstEntryOn() {
    fold.add(1, appended(0, LogPosition.ORIGIN, 1, 1, 1));
    fold.add(2, appended(0, at(1, 1), 2, 2));
    RecoveredState state = fold.recovered(0, 0);
    assertEquals(List.of(at(1, 1), at(2, 2), at(2, 3)), positions(state));
  }

  private static List<LogPosition> positions(RecoveredState state) {
    return state.entries().stream().map(LogEntry::position).toList();
  }

  @Test
  void hardStateAloneDiscardsNothing() {
    fold.add(1, appended(0, LogPosition.ORIGIN, 1, 1));
    fold.add(2, new HardStateSaved(hard(3, A, 1)));
    RecoveredState state = fold.recovered(0, 0);
    assertEquals(2, state.entries().size());
    assertEquals(hard(3, A, 1), state.hardState());
  }

  @Test
  void commitIsTheHighestEverNoted() {
    fold.add(1, appended(0, LogPosition.ORIGIN, 1, 1, 1));
    fold.add(2, new HardStateSaved(hard(1, A, 1)));
    assertEquals(hard(1, A, 3), fold.recovered(3, 44).hardState());
  }

  @Test
  void damageIsRefused() {
    fold.add(1, appended(2, LogPosition.ORIGIN, 1, 1, 1));
    assertThrows(JournalDamage.class, () -> fold.add(3, new HardStateSaved(hard(2, A, 2))), "gap");
    assertThrows(JournalDamage.class, () -> fold.recovered(4, 0), "commit behind the end");
  }

  @Test
  void appendMustJoinTheLog() {
    fold.add(1, appended(0, LogPosition.ORIGIN, 1, 1));
    assertThrows(JournalDamage.class, () -> fold.add(2, appended(0, at(1, 3), 1)));
  }

  @Test
  void appendMustFitTheTermBefore() {
    fold.add(1, appended(0, LogPosition.ORIGIN, 1, 1));
    assertThrows(JournalDamage.class, () -> fold.add(2, appended(0, at(2, 2), 2)));
  }

  @Test
  void truncationBelowCommitIsDamage() {
    fold.add(1, appended(2, LogPosition.ORIGIN, 1, 1, 1));
    assertThrows(JournalDamage.class, () -> fold.add(2, appended(2, at(1, 1), 2)));
  }

  @Test
  void twoVotesInATermAreDamage() {
    fold.add(1, new HardStateSaved(hard(4, A, 0)));
    assertThrows(JournalDamage.class, () -> fold.add(2, new HardStateSaved(hard(4, B, 0))));
  }

  @Test
  void snapshotWithoutTheEntriesBehindItIsDamage() {
    JournalFold late = new JournalFold(Optional.of(snapshot(1, 2)), HardState.INITIAL, 7);
    assertThrows(JournalDamage.class, () -> late.add(8, appended(0, at(1, 3), 1)));
  }

  @Test
  void cutLeavesTheEventThatHoldsTheFirstKeptEntry() {
    fold.add(1, appended(0, LogPosition.ORIGIN, 1, 1, 1));
    fold.add(2, new HardStateSaved(hard(2, A, 0)));
    fold.add(3, appended(0, at(1, 3), 2, 2));
    assertEquals(0, fold.cutFor(3));
    assertEquals(2, fold.cutFor(4));
    assertEquals(2, fold.cutFor(5));
    assertEquals(3, fold.cutFor(6));
  }

  @Test
  void cutFollowsTheLiveEntryAndNotTheOneItReplaced() {
    fold.add(1, appended(0, LogPosition.ORIGIN, 1, 1, 1));
    fold.add(2, appended(0, at(1, 1), 2, 2));
    assertEquals(0, fold.cutFor(1));
    assertEquals(1, fold.cutFor(2));
  }

  @Test
  void cutNeverGoesBack() {
    fold.add(1, appended(0, LogPosition.ORIGIN, 1, 1, 1));
    fold.add(2, appended(0, at(1, 3), 1));
    fold.recovered(0, 0);
    fold.snapshotSaved(snapshot(1, 3), 1);
    assertEquals(1, fold.cutFor(1));
  }

  @Test
  void whatIsLeftBehindTheCutRecoversTheSame() {
    fold.add(1, appended(0, LogPosition.ORIGIN, 1, 1, 1));
    fold.add(2, appended(1, at(1, 3), 1, 1));
    fold.add(3, new HardStateSaved(hard(2, A, 4)));
    long cut = fold.cutFor(5);
    JournalFold again = new JournalFold(Optional.of(snapshot(1, 4)), hard(2, A, 4), cut);
    again.add(2, appended(1, at(1, 3), 1, 1));
    again.add(3, new HardStateSaved(hard(2, A, 4)));
    RecoveredState state = again.recovered(0, 0);
    assertEquals(at(1, 3), state.before());
    assertEquals(List.of(at(1, 4), at(1, 5)), positions(state));
    assertEquals(hard(2, A, 4), state.hardState());
  }

  @Test
  void installedSnapshotStartsTheLogAnew() {
    fold.add(1, appended(0, LogPosition.ORIGIN, 1, 1));
    fold.recovered(0, 0);
    fold.snapshotInstalled(snapshot(5, 90), hard(5, A, 90));
    fold.add(2, appended(90, at(5, 90), 5));
    assertEquals(1, fold.cutFor(91));
    assertEquals(91, fold.lastIndex());
    assertThrows(JournalDamage.class, () -> fold.add(3, appended(90, at(5, 89), 6)));
  }

  @Test
  void segmentsGoOnlyWhenWhollyInFrontOfTheOlderCut() {
    TreeMap<Long, Long> segments = new TreeMap<>(Map.of(1L, 10L, 2L, 20L, 3L, 30L));
    assertEquals(List.of(1L), JournalFold.deletable(segments, 19, 35));
    assertEquals(List.of(1L, 2L), JournalFold.deletable(segments, 20, 35));
    assertEquals(List.of(1L, 2L), JournalFold.deletable(segments, 40, 30));
  }
}
