package io.conclave.keyspace.tree;

import static io.conclave.keyspace.tree.V2Store.delete;
import static io.conclave.keyspace.tree.V2Store.deleteAll;
import static io.conclave.keyspace.tree.V2Store.mkdir;
import static io.conclave.keyspace.tree.V2Store.refresh;
import static io.conclave.keyspace.tree.V2Store.set;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.KeyEvent.Action;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of spec v2-keys §13, for live events and for the history. */
final class WatchMatchTest {
  private final V2Store store = new V2Store();

  @Test
  void theKeyItselfWakesItsWatchers() {
    store.ok(set("/a/_h", "1"));
    assertTrue(store.wakes("/a/_h", false));
    assertTrue(store.wakes("/a/_h", true));
  }

  @Test
  void aKeyBelowWakesRecursiveWatchersOnly() {
    store.ok(set("/a/b/c", "1"));
    assertFalse(store.wakes("/a", false));
    assertTrue(store.wakes("/a", true));
    assertTrue(store.wakes("/", true));
  }

  @Test
  void componentBoundariesCount() {
    store.ok(set("/foobar", "1"));
    assertFalse(store.wakes("/foo", true));
    store.ok(set("/foo/x", "1"));
    assertFalse(store.wakes("/foobar", true));
  }

  @Test
  void hiddenComponentsBelowTheWatchedKeyHideTheEvent() {
    store.ok(set("/a/_h/c", "1"));
    assertFalse(store.wakes("/a", true));
    assertTrue(store.wakes("/a/_h", true));
    store.ok(set("/_top", "1"));
    assertFalse(store.wakes("/", true));
  }

  @Test
  void aRemovedDirectoryWakesWatchersOfWhatWasInIt() {
    store.ok(set("/d/x", "1"));
    store.ok(set("/d/_h/y", "1"));
    store.ok(deleteAll("/d"));
    assertTrue(store.wakes("/d", false));
    assertTrue(store.wakes("/d/x", false));
    assertTrue(store.wakes("/d/_h/y", true));
    assertTrue(store.wakes("/d/_h", false));
    assertFalse(store.wakes("/d/none", false));
    assertFalse(store.wakes("/d/x/below", true));
  }

  @Test
  void aRemovedFileWakesNobodyBelowIt() {
    store.ok(set("/f", "1"));
    store.ok(delete("/f"));
    assertFalse(store.wakes("/f/x", true));
    assertFalse(store.wakes("/f/x", false));
  }

  @Test
  void whatExpiredEarlierInTheSameSyncIsNotTakenAwayAgain() {
    store.ok(mkdir("/d", 5));
    store.ok(set("/d/x", "1", 4));
    store.pass(5_000);
    assertEquals(2, store.live.size());
    long told =
        store.live.stream()
            .filter(event -> WatchMatch.matches(event, KeyPath.of("/d/x"), false))
            .count();
    assertEquals(1, told);
  }

  @Test
  void refreshesWakeNobody() {
    store.ok(set("/a", "1"));
    store.ok(refresh("/a", 5));
    assertFalse(store.wakes("/a", false));
  }

  @Test
  void replacingAFileByADirectoryIsNoRemoval() {
    store.ok(set("/a", "1"));
    assertEquals(Action.SET, store.ok(mkdir("/a")).action());
    assertTrue(store.wakes("/a", false));
    assertFalse(store.wakes("/a/x", false));
  }

  /** Divergence 4: etcd's history shows hidden keys. */
  @Test
  void theHistoryHidesWhatLiveWatchesHide() {
    store.ok(set("/pub/_secret", "1"));
    store.ok(set("/pub/open", "1"));
    assertEquals(List.of(2L), store.past("/pub", true, 1));
    assertEquals(List.of(2L), store.past("/", true, 1));
    assertEquals(List.of(1L), store.past("/pub/_secret", true, 1));
  }

  /** Divergence 4: etcd compares strings here, so that /foo wakes /foobar. */
  @Test
  void theHistoryMatchesRemovedDirectoriesAtComponentBoundaries() {
    store.ok(set("/foo/a", "1"));
    store.ok(deleteAll("/foo"));
    assertEquals(List.of(), store.past("/foobar", false, 1));
    assertEquals(List.of(1L, 2L), store.past("/foo/a", false, 1));
    assertEquals(List.of(2L), store.past("/foo/never", false, 1), "existence is not checked");
    assertEquals(List.of(2L), store.past("/foo/never", true, 1));
  }

  @Test
  void theHistoryMatchesExpiredDirectoriesButNoRemovedFiles() {
    store.ok(mkdir("/d", 1));
    store.ok(set("/f", "1", 2));
    store.pass(5_000);
    assertEquals(List.of(3L), store.past("/d/x", false, 1));
    assertEquals(List.of(), store.past("/f/x", false, 1));
    assertEquals(List.of(2L, 4L), store.past("/f", false, 1));
  }

  @Test
  void theHistorySkipsRefreshesAndInternalChanges() {
    store.ok(set("/a", "1"));
    store.ok(refresh("/a", 5));
    store.tree = store.tree.apply(new Command.SetClusterVersion("2.3.0"), store.now()).after();
    store.ok(set("/a", "2"));
    assertEquals(List.of(1L, 4L), store.past("/", true, 1));
  }
}
