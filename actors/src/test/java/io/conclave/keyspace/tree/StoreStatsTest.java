package io.conclave.keyspace.tree;

import static io.conclave.keyspace.tree.V2Store.create;
import static io.conclave.keyspace.tree.V2Store.delete;
import static io.conclave.keyspace.tree.V2Store.deleteAll;
import static io.conclave.keyspace.tree.V2Store.deleteIf;
import static io.conclave.keyspace.tree.V2Store.mkdir;
import static io.conclave.keyspace.tree.V2Store.post;
import static io.conclave.keyspace.tree.V2Store.refresh;
import static io.conclave.keyspace.tree.V2Store.rmdir;
import static io.conclave.keyspace.tree.V2Store.set;
import static io.conclave.keyspace.tree.V2Store.swap;
import static io.conclave.keyspace.tree.V2Store.update;
import static io.conclave.keyspace.tree.V2Store.value;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.keyspace.tree.StoreStats.Counter;
import org.junit.jupiter.api.Test;

/** What counts as what, oddities included, as recording c06 and spec v2-cluster §8 tell. */
final class StoreStatsTest {
  private final V2Store store = new V2Store();

  @Test
  void countSetsAndCreates() {
    store.ok(set("/a", "1"));
    store.refused(set("/a/b", "1"));
    store.ok(create("/b", "1"));
    store.refused(create("/b", "1"));
    store.ok(post("/q", "1"));
    store.refused(post("/a", "1"));
    store.refused(refresh("/none", 5));
    store.refused(set("/", "1"));
    store.refused(create("/", "1"));
    assertEquals(1, store.count(Counter.SETS_SUCCESS));
    assertEquals(4, store.count(Counter.SETS_FAIL));
    assertEquals(2, store.count(Counter.CREATE_SUCCESS));
    assertEquals(3, store.count(Counter.CREATE_FAIL));
  }

  @Test
  void countRefusedUpdatesOfDirectoriesAndTheRootAsSuccess() {
    store.ok(mkdir("/d"));
    store.refused(update("/d", "1"));
    store.refused(update("/", "1"));
    store.refused(update("/none", "1"));
    assertEquals(2, store.count(Counter.UPDATE_SUCCESS));
    assertEquals(1, store.count(Counter.UPDATE_FAIL));
  }

  @Test
  void countComparisons() {
    store.ok(set("/b", "1"));
    store.ok(mkdir("/d"));
    store.ok(swap("/b", "2", value("1")));
    store.refused(swap("/b", "2", value("1")));
    store.refused(swap("/none", "2", value("1")));
    store.refused(swap("/", "2", value("1")));
    assertEquals(2, store.count(Counter.COMPARE_AND_SWAP_SUCCESS));
    assertEquals(2, store.count(Counter.COMPARE_AND_SWAP_FAIL));
    store.refused(deleteIf("/b", value("1")));
    store.refused(deleteIf("/d", value("1")));
    store.ok(deleteIf("/b", value("2")));
    store.refused(deleteIf("/b", value("2")));
    assertEquals(3, store.count(Counter.COMPARE_AND_DELETE_SUCCESS));
    assertEquals(1, store.count(Counter.COMPARE_AND_DELETE_FAIL));
  }

  @Test
  void countDeletesAndExpiries() {
    store.ok(set("/d/x", "1"));
    store.refused(delete("/none"));
    store.refused(delete("/"));
    store.refused(delete("/d"));
    store.refused(rmdir("/d"));
    store.ok(deleteAll("/d"));
    assertEquals(2, store.count(Counter.DELETE_SUCCESS));
    assertEquals(3, store.count(Counter.DELETE_FAIL));
    store.ok(set("/t", "1", 1));
    store.pass(1_000);
    assertEquals(1, store.count(Counter.EXPIRE_COUNT));
  }
}
