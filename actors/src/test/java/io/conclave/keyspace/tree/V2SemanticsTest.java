package io.conclave.keyspace.tree;

import static io.conclave.keyspace.tree.V2Store.create;
import static io.conclave.keyspace.tree.V2Store.delete;
import static io.conclave.keyspace.tree.V2Store.deleteAll;
import static io.conclave.keyspace.tree.V2Store.deleteIf;
import static io.conclave.keyspace.tree.V2Store.index;
import static io.conclave.keyspace.tree.V2Store.mkdir;
import static io.conclave.keyspace.tree.V2Store.post;
import static io.conclave.keyspace.tree.V2Store.refresh;
import static io.conclave.keyspace.tree.V2Store.rmdir;
import static io.conclave.keyspace.tree.V2Store.set;
import static io.conclave.keyspace.tree.V2Store.swap;
import static io.conclave.keyspace.tree.V2Store.update;
import static io.conclave.keyspace.tree.V2Store.updateDir;
import static io.conclave.keyspace.tree.V2Store.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.KeyEvent.Action;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.core.Bytes;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Walks spec v2-keys §5, §10 to §12 and §14, and the divergences that concern the tree. */
final class V2SemanticsTest {
  private final V2Store store = new V2Store();

  @Nested
  final class Sets {
    @Test
    void makeAMissingKeyWithItsParents() {
      KeyEvent event = store.ok(set("/a/b/c", "1"));
      assertEquals(Action.SET, event.action());
      assertTrue(event.created());
      assertNull(event.prevNodeOrNull());
      assertEquals(1, event.node().createdIndex());
      assertTrue(store.get("/a/b").dir());
      assertEquals(1, store.get("/a").createdIndex());
      assertEquals(1, store.live.size(), "parents make no event of their own");
    }

    @Test
    void renewBothIndexesOfAnExistingKey() {
      store.ok(set("/a", "1"));
      KeyEvent event = store.ok(set("/a", "2"));
      assertFalse(event.created());
      assertEquals(2, event.node().createdIndex());
      assertEquals(2, event.node().modifiedIndex());
      assertEquals(1, event.prevNodeOrNull().modifiedIndex());
      assertEquals(Bytes.utf8("1"), event.prevNodeOrNull().value());
    }

    @Test
    void areRefusedOnADirectoryEvenWithDir() {
      store.ok(mkdir("/d"));
      store.refused(set("/d", "1"), Code.NOT_A_FILE, "/d");
      store.refused(mkdir("/d"), Code.NOT_A_FILE, "/d");
    }

    @Test
    void replaceAFileByADirectory() {
      store.ok(set("/a", "1", 100));
      KeyEvent event = store.ok(mkdir("/a"));
      assertTrue(event.node().dir());
      assertFalse(event.node().hasValue());
      assertFalse(event.created());
      assertTrue(store.tree.nextExpiry().isEmpty(), "the file's deadline is gone with it");
    }

    @Test
    void belowAFileNameTheFile() {
      store.ok(set("/f", "1"));
      store.refused(set("/f/x/y", "1"), Code.NOT_A_DIRECTORY, "/f");
      store.refused(refresh("/f/x", 5), Code.NOT_A_DIRECTORY, "/f");
    }

    @Test
    void ofTheRootAreRefused() {
      store.refused(set("/", "1"), Code.ROOT_READ_ONLY, "/");
      store.refused(refresh("/", 5), Code.ROOT_READ_ONLY, "/");
    }
  }

  @Nested
  final class Creates {
    @Test
    void makeWhatIsMissing() {
      KeyEvent event = store.ok(create("/a", "1"));
      assertEquals(Action.CREATE, event.action());
      assertTrue(event.created());
      assertNull(event.prevNodeOrNull());
    }

    @Test
    void areRefusedIfAFileOrDirectoryExists() {
      store.ok(set("/d/a", "1"));
      store.refused(create("/d/a", "2"), Code.KEY_EXISTS, "/d/a");
      store.refused(create("/d", "2"), Code.KEY_EXISTS, "/d");
      store.refused(create("/", "2"), Code.ROOT_READ_ONLY, "/");
      store.refused(create("/d/a/x", "2"), Code.NOT_A_DIRECTORY, "/d/a");
    }

    @Test
    void inOrderNameTheChildByTheNewIndex() {
      store.ok(set("/x", "1"));
      KeyEvent event = store.ok(post("/q/_p", "job"));
      assertEquals("/q/_p/00000000000000000002", event.key().toString());
      assertEquals(Action.CREATE, event.action());
      assertTrue(event.created());
      assertEquals("/00000000000000000003", store.ok(post("/", "")).key().toString());
      store.refused(post("/x", "job"), Code.NOT_A_DIRECTORY, "/x");
    }
  }

  @Nested
  final class Updates {
    @Test
    void keepTheCreatedIndexAndDropTheTtl() {
      store.ok(set("/a", "1", 100));
      KeyEvent event = store.ok(update("/a", "2"));
      assertEquals(Action.UPDATE, event.action());
      assertEquals(1, event.node().createdIndex());
      assertEquals(2, event.node().modifiedIndex());
      assertFalse(event.node().hasExpiration());
      assertTrue(event.prevNodeOrNull().hasExpiration());
      assertTrue(store.tree.nextExpiry().isEmpty());
    }

    @Test
    void withoutAValueEmptyAFile() {
      store.ok(set("/a", "1"));
      assertEquals(Bytes.EMPTY, store.ok(update("/a", "")).node().value());
    }

    @Test
    void ofADirectoryChangeOnlyItsTtlAndShowAnIndexThatIsNotKept() {
      store.ok(mkdir("/d"));
      NodeView answer = store.ok(update("/d", "", 100)).node();
      assertEquals(2, answer.modifiedIndex());
      assertEquals(100, answer.ttl());
      assertEquals(1, store.get("/d").modifiedIndex());
      assertEquals(1, store.ok(update("/d", "")).prevNodeOrNull().modifiedIndex());
      assertFalse(store.get("/d").hasExpiration());
      store.refused(update("/d", "1"), Code.NOT_A_FILE, "/d");
    }

    @Test
    void ofWhatIsMissingNameTheFirstMissingComponent() {
      store.ok(set("/a/b", "1"));
      store.refused(update("/a/x/y", "1"), Code.KEY_NOT_FOUND, "/a/x");
      store.refused(update("/a/b/y", "1"), Code.NOT_A_DIRECTORY, "/a/b");
      store.refused(update("/", "1"), Code.ROOT_READ_ONLY, "/");
    }

    /** Divergence 1: etcd empties the file. */
    @Test
    void ofAFileAsADirectoryAreRefused() {
      store.ok(set("/a", "1"));
      store.refused(updateDir("/a"), Code.NOT_A_DIRECTORY, "/a");
      store.refused(updateDir("/none"), Code.KEY_NOT_FOUND, "/none");
      store.refused(updateDir("/"), Code.ROOT_READ_ONLY, "/");
      assertEquals(Bytes.utf8("1"), store.get("/a").value());
    }
  }

  @Nested
  final class CompareAndSwaps {
    @Test
    void changeTheValueWhenBothConditionsHold() {
      store.ok(set("/a", "1"));
      KeyEvent event = store.ok(swap("/a", "2", new Command.Condition(true, Bytes.utf8("1"), 1)));
      assertEquals(Action.COMPARE_AND_SWAP, event.action());
      assertEquals(1, event.node().createdIndex());
      assertEquals(2, event.node().modifiedIndex());
    }

    @Test
    void tellWhatDiffers() {
      store.ok(set("/a", "1"));
      store.refused(swap("/a", "2", value("x")), Code.COMPARE_FAILED, "[x != 1]");
      store.refused(swap("/a", "2", index(9)), Code.COMPARE_FAILED, "[9 != 1]");
      store.refused(
          swap("/a", "2", new Command.Condition(true, Bytes.utf8("x"), 9)),
          Code.COMPARE_FAILED,
          "[x != 1] [9 != 1]");
      store.refused(swap("/a", "2", index(-1)), Code.COMPARE_FAILED, "[18446744073709551615 != 1]");
    }

    @Test
    void compareRawBytes() {
      Bytes odd = Bytes.copyOf(new byte[] {-1});
      store.ok(new Command.Set(KeyPath.of("/a"), odd, false, Ttl.PERMANENT, false));
      store.ok(swap("/a", "2", Command.Condition.value(odd)));
    }

    @Test
    void areRefusedOnDirectoriesAndTheRoot() {
      store.ok(mkdir("/d"));
      store.refused(swap("/d", "2", index(1)), Code.NOT_A_FILE, "/d");
      store.refused(swap("/", "2", index(1)), Code.ROOT_READ_ONLY, "/");
      store.refused(swap("/none", "2", index(1)), Code.KEY_NOT_FOUND, "/none");
    }

    /** Divergence 1: 104 comes before the comparison. */
    @Test
    void withDirOnAFileAreRefused() {
      store.ok(set("/a", "1"));
      KeyPath key = KeyPath.of("/a");
      for (String given : List.of("1", "x")) {
        Command swap =
            new Command.CompareAndSwap(key, Bytes.EMPTY, true, Ttl.PERMANENT, false, value(given));
        store.refused(swap, Code.NOT_A_DIRECTORY, "/a");
      }
      assertEquals(Bytes.utf8("1"), store.get("/a").value());
    }
  }

  @Nested
  final class Deletes {
    @Test
    void showNeitherValueNorTtlOfTheNode() {
      store.ok(set("/a", "1", 100));
      KeyEvent event = store.ok(delete("/a"));
      assertEquals(2, event.node().modifiedIndex());
      assertEquals(1, event.node().createdIndex());
      assertFalse(event.node().hasValue());
      assertFalse(event.node().hasExpiration());
      assertTrue(event.prevNodeOrNull().hasExpiration());
      store.notFound("/a", Code.KEY_NOT_FOUND, "/a");
    }

    @Test
    void ofADirectoryNeedDirOrRecursive() {
      store.ok(mkdir("/d"));
      store.refused(delete("/d"), Code.NOT_A_FILE, "/d");
      assertTrue(store.ok(rmdir("/d")).node().dir());
    }

    @Test
    void ofADirectoryWithHiddenChildrenOnlyNeedRecursive() {
      store.ok(set("/d/_h", "1"));
      store.refused(rmdir("/d"), Code.DIRECTORY_NOT_EMPTY, "/d");
      store.ok(deleteAll("/d"));
      store.notFound("/d/_h", Code.KEY_NOT_FOUND, "/d");
    }

    @Test
    void ofAFileWithDirOrRecursiveWork() {
      store.ok(set("/a", "1"));
      store.ok(set("/b", "1"));
      assertFalse(store.ok(rmdir("/a")).node().dir());
      store.ok(deleteAll("/b"));
    }

    @Test
    void ofTheRootAreRefused() {
      store.refused(delete("/"), Code.ROOT_READ_ONLY, "/");
      store.refused(deleteAll("/"), Code.ROOT_READ_ONLY, "/");
    }

    @Test
    void recursivelyTakeTheDeadlinesAlong() {
      store.ok(set("/d/x/y", "1", 5));
      store.ok(mkdir("/d/z", 5));
      store.ok(set("/e", "1", 7));
      store.ok(deleteAll("/d"));
      assertEquals(17_000, store.tree.nextExpiry().orElseThrow());
    }

    @Test
    void leaveEmptyParents() {
      store.ok(set("/d/x", "1"));
      store.ok(delete("/d/x"));
      assertTrue(store.get("/d").dir());
    }

    @Test
    void ifComparedCheckTheNode() {
      store.ok(set("/d/a", "1"));
      store.refused(deleteIf("/d", value("1")), Code.NOT_A_FILE, "/d");
      store.refused(deleteIf("/", value("1")), Code.NOT_A_FILE, "");
      store.refused(deleteIf("/d/a", value("2")), Code.COMPARE_FAILED, "[2 != 1]");
      store.refused(deleteIf("/d/b", value("2")), Code.KEY_NOT_FOUND, "/d/b");
      assertEquals(Action.COMPARE_AND_DELETE, store.ok(deleteIf("/d/a", index(1))).action());
    }
  }

  @Nested
  final class Gets {
    @Test
    void listChildrenOfOneLevelInByteOrder() {
      for (String key : List.of("/d/b", "/d/a/x", "/d/B", "/d/ä")) {
        store.ok(set(key, "1"));
      }
      assertEquals(List.of("/d/B", "/d/a", "/d/b", "/d/ä"), keys(store.get("/d")));
      assertEquals(List.of(), store.get("/d").nodes().get(1).nodes());
    }

    @Test
    void listTheWholeSubtreeRecursively() {
      store.ok(set("/d/a/x/y", "1"));
      NodeView x = store.get("/", true).nodes().getFirst().nodes().getFirst().nodes().getFirst();
      assertEquals(List.of("/d/a/x/y"), keys(x));
    }

    @Test
    void showTheRootWithoutIndexes() {
      NodeView root = store.get("/");
      assertTrue(root.key().isRoot() && root.dir());
      assertEquals(0, root.modifiedIndex());
      assertEquals(0, root.createdIndex());
    }

    @Test
    void hideNodesThatStartWithAnUnderscoreFromListingsOnly() {
      store.ok(set("/_h/a", "1"));
      store.ok(set("/d/_x", "1"));
      assertEquals(List.of("/d"), keys(store.get("/", true)));
      assertEquals(List.of(), store.get("/d").nodes());
      assertEquals(List.of("/_h/a"), keys(store.get("/_h")));
      assertEquals(Bytes.utf8("1"), store.get("/d/_x").value());
    }

    @Test
    void tellWhatIsInTheWay() {
      store.ok(set("/a/f", "1"));
      store.notFound("/a/x/y", Code.KEY_NOT_FOUND, "/a/x");
      store.notFound("/a/f/y", Code.NOT_A_DIRECTORY, "/a/f");
    }

    @Test
    void reachAnyDepth() {
      String deep = "/d".repeat(3_000);
      store.ok(set(deep, "1"));
      assertEquals(Bytes.utf8("1"), store.get(deep).value());
      NodeView at = store.get("/", true);
      int depth = 0;
      while (!at.nodes().isEmpty()) {
        at = at.nodes().getFirst();
        depth++;
      }
      assertEquals(3_000, depth);
      store.refused(set(deep + "/x", "1"), Code.NOT_A_DIRECTORY, deep);
      store.ok(deleteAll("/d"));
    }
  }

  private static List<String> keys(NodeView directory) {
    return directory.nodes().stream().map(node -> node.key().toString()).toList();
  }
}
