package io.conclave.keyspace.tree;

import static io.conclave.keyspace.tree.V2Store.mkdir;
import static io.conclave.keyspace.tree.V2Store.refresh;
import static io.conclave.keyspace.tree.V2Store.set;
import static io.conclave.keyspace.tree.V2Store.update;
import static io.conclave.keyspace.tree.V2Store.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.KeyEvent.Action;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.core.Bytes;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Walks spec v2-keys §8 and §9. */
final class V2TtlTest {
  private final V2Store store = new V2Store();

  @Nested
  final class Ttls {
    @Test
    void areRoundedUpAndShownAsWallClockTime() {
      NodeView node = store.ok(set("/a", "1", 5)).node();
      assertEquals(5, node.ttl());
      assertEquals(15_000 + V2Store.WALL_OFFSET, node.expiration());
      store.passUnnoticed(1);
      assertEquals(5, store.get("/a").ttl());
      store.passUnnoticed(999);
      assertEquals(4, store.get("/a").ttl());
      store.passUnnoticed(4_000);
      assertEquals(0, store.get("/a").ttl());
      store.passUnnoticed(1_999);
      assertEquals(-1, store.get("/a").ttl());
      assertTrue(store.get("/a").hasExpiration());
    }

    @Test
    void areShownRightToAReaderThatKnowsNoTimeYet() {
      NodeView written = store.ok(set("/a", "1", 5)).node();
      Lookup read = store.tree.get(KeyPath.of("/a"), false, false, 0);
      assertEquals(written, assertInstanceOf(Lookup.Found.class, read).event().node());
    }

    @Test
    void ofZeroExpireWithTheNextSync() {
      NodeView node = store.ok(set("/a", "1", 0)).node();
      assertTrue(node.hasExpiration());
      assertEquals(0, node.ttl());
      assertEquals(1, store.pass(0).size());
    }

    @Test
    void tooLargeMakeNewNodesPermanent() {
      for (Command command :
          List.of(
              set("/a", "1", 9_000_000_000L),
              new Command.Create(
                  KeyPath.of("/b"), Bytes.EMPTY, true, new Ttl.Seconds(9_000_000_000L)),
              new Command.CreateInOrder(
                  KeyPath.of("/q"), Bytes.EMPTY, false, new Ttl.Seconds(9_000_000_000L)))) {
        assertFalse(store.ok(command).node().hasExpiration());
      }
      assertTrue(store.tree.nextExpiry().isEmpty());
    }

    @Test
    void tooLargeExpireKeptNodesAtOnce() {
      store.ok(set("/a", "1"));
      assertTrue(store.ok(update("/a", "2", 9_000_000_000L)).node().hasExpiration());
      assertEquals(1, store.pass(0).size());
    }

    @Test
    void thatWrapToMinusOneSecondExpireAtOnce() {
      for (long seconds : new long[] {Long.MAX_VALUE, -1}) {
        assertEquals(-1, store.ok(set("/a", "1", seconds)).node().ttl());
        assertEquals(1, store.pass(0).size());
      }
    }

    @Test
    void upToTheEndOfTheClockAreKept() {
      assertEquals(7_400_000_000L, store.ok(set("/a", "1", 7_400_000_000L)).node().ttl());
    }

    @Test
    void doNotDependOnTheWallClock() {
      Command set = set("/a", "1", 60);
      for (long offset : new long[] {0, -1_000_000, 1_700_000_000_000L, 9_000_000_000_000L}) {
        KeySpace after =
            store.tree.apply(set, new io.conclave.raft.core.Stamp(10_000, offset)).after();
        assertEquals(70_000, after.nextExpiry().orElseThrow());
      }
    }
  }

  @Nested
  final class Expiry {
    @Test
    void goesByDeadlineAndMovesTheIndexByOneEach() {
      store.ok(set("/late", "1", 9));
      store.ok(set("/early", "1", 3));
      store.ok(set("/never", "1"));
      assertEquals(List.of(), store.pass(2_999));
      List<KeyEvent> events = store.pass(6_001);
      assertEquals(
          List.of("/early", "/late"), events.stream().map(e -> e.key().toString()).toList());
      assertEquals(List.of(4L, 5L), events.stream().map(KeyEvent::index).toList());
      assertEquals(5, store.tree.index());
    }

    @Test
    void ofADirectoryTakesTheSubtreeInOneStepAndShowsNoDir() {
      store.ok(mkdir("/d", 5));
      store.ok(set("/d/x", "1", 6));
      List<KeyEvent> events = store.pass(10_000);
      assertEquals(1, events.size());
      assertEquals(Action.EXPIRE, events.getFirst().action());
      assertFalse(events.getFirst().node().dir());
      assertTrue(events.getFirst().prevNodeOrNull().dir());
      assertEquals(-5, events.getFirst().prevNodeOrNull().ttl());
      assertTrue(store.tree.nextExpiry().isEmpty());
    }

    @Test
    void isBoundedForOneSync() {
      int keys = KeySpace.EXPIRE_MAX + 10;
      for (int i = 0; i < keys; i++) {
        store.ok(set("/k" + i, "1", 1));
      }
      assertEquals(KeySpace.EXPIRE_MAX, store.pass(1_000).size());
      assertEquals(10, store.pass(0).size());
      assertEquals(0, store.pass(0).size());
    }
  }

  @Nested
  final class Refreshes {
    @Test
    void keepTheValueAndAreSilent() {
      store.ok(set("/a", "1"));
      KeyEvent event = store.ok(refresh("/a", 5));
      assertEquals(Action.SET, event.action());
      assertEquals(Bytes.utf8("1"), event.node().value());
      assertEquals(2, event.node().createdIndex());
      assertEquals(List.of(), store.live);
      assertEquals(List.of(1L), store.past("/a", false, 1));
      assertEquals(2, store.tree.index());
    }

    @Test
    void asUpdateOrSwapKeepTheValueToo() {
      store.ok(set("/a", "1"));
      KeyPath key = KeyPath.of("/a");
      Ttl ttl = new Ttl.Seconds(5);
      KeyEvent updated = store.ok(new Command.Update(key, Bytes.EMPTY, false, ttl, true));
      assertEquals(Bytes.utf8("1"), updated.node().value());
      assertEquals(1, updated.node().createdIndex());
      KeyEvent swapped =
          store.ok(new Command.CompareAndSwap(key, Bytes.EMPTY, false, ttl, true, value("1")));
      assertEquals(Bytes.utf8("1"), swapped.node().value());
      assertEquals(List.of(), store.live);
    }

    @Test
    void ofWhatIsMissingOrADirectoryAreRefused() {
      store.ok(mkdir("/d"));
      store.refused(refresh("/none", 5), Code.KEY_NOT_FOUND, "/none");
      store.refused(refresh("/d", 5), Code.NOT_A_FILE, "/d");
    }
  }
}
