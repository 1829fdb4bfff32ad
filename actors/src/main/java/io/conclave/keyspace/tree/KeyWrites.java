package io.conclave.keyspace.tree;

import static io.conclave.raft.core.Require.require;

import io.conclave.keyspace.tree.KeyEvent.Action;
import io.conclave.keyspace.tree.StoreStats.Counter;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Stamp;
import java.util.ArrayList;
import java.util.List;

/**
 * What each command does to the keys, with the order of checks of spec v2-keys §5, and what each
 * refusal counts as (spec v2-cluster §8). Belongs to one {@link KeySpaceBatch}.
 */
final class KeyWrites {
  private final TreeEdit tree;
  private final StoreStats.Tally stats;
  private EventHistory history;
  private long index;

  /** Of the command that is being applied. */
  private Stamp now;

  private List<LiveEvent> events = List.of();

  KeyWrites(KeySpace before) {
    this.tree = new TreeEdit(before.root(), before.expiry());
    this.stats = before.stats().tally();
    this.history = before.history();
    this.index = before.index();
    this.now = before.stamp();
  }

  void begin(Stamp stampOfEntry) {
    now = stampOfEntry;
    events = List.of();
  }

  long index() {
    return index;
  }

  /** What watchers are told of the command since {@link #begin}. */
  List<LiveEvent> events() {
    return events;
  }

  KeySpace seal(Stamp stamp, ClusterState cluster) {
    return new KeySpace(index, stamp, tree.root(), tree.expiry(), history, stats.total(), cluster);
  }

  Outcome set(Command.Set set) {
    KeyPath key = set.key();
    Node before = tree.findOrNull(key);
    if (before == null) {
      V2Error missing = whyMissing(key);
      if (set.refresh() || missing.code() == Code.NOT_A_DIRECTORY) {
        return refused(Counter.SETS_FAIL, missing);
      }
    } else if (key.isRoot()) {
      return refused(Counter.SETS_FAIL, Code.ROOT_READ_ONLY, KeyPath.ROOT.bytes());
    } else if (before.isDirectory()) {
      return refused(Counter.SETS_FAIL, Code.NOT_A_FILE, key.bytes());
    }
    Bytes value = set.refresh() ? before.value() : set.value();
    Node node = newNode(key, value, set.dir(), set.ttl());
    return changed(Counter.SETS_SUCCESS, Action.SET, key, node, before, set.refresh());
  }

  Outcome createInOrder(Command.CreateInOrder create) {
    KeyPath key = create.parent().child(inOrderName());
    return create(key, create.value(), create.dir(), create.ttl());
  }

  Outcome create(KeyPath key, Bytes value, boolean dir, Ttl ttl) {
    if (key.isRoot()) {
      return refused(Counter.CREATE_FAIL, Code.ROOT_READ_ONLY, KeyPath.ROOT.bytes());
    }
    if (tree.findOrNull(key) != null) {
      return refused(Counter.CREATE_FAIL, Code.KEY_EXISTS, key.bytes());
    }
    V2Error missing = whyMissing(key);
    if (missing.code() == Code.NOT_A_DIRECTORY) {
      stats.add(Counter.SETS_FAIL);
      return refused(Counter.CREATE_FAIL, missing);
    }
    Node node = newNode(key, value, dir, ttl);
    return changed(Counter.CREATE_SUCCESS, Action.CREATE, key, node, null, false);
  }

  Outcome update(Command.Update update) {
    KeyPath key = update.key();
    if (key.isRoot()) {
      return refused(Counter.UPDATE_SUCCESS, Code.ROOT_READ_ONLY, KeyPath.ROOT.bytes());
    }
    Node before = tree.findOrNull(key);
    if (before == null) {
      return refused(Counter.UPDATE_FAIL, whyMissing(key));
    }
    if (before instanceof Directory directory) {
      return update.value().isEmpty()
          ? updateDirectory(update, directory)
          : refused(Counter.UPDATE_SUCCESS, Code.NOT_A_FILE, key.bytes());
    }
    if (update.dir()) {
      return refused(Counter.UPDATE_FAIL, Code.NOT_A_DIRECTORY, key.bytes());
    }
    Bytes value = update.refresh() ? before.value() : update.value();
    Node node = keptFile(key, value, before, update.ttl());
    return changed(Counter.UPDATE_SUCCESS, Action.UPDATE, key, node, before, update.refresh());
  }

  /** Only the TTL changes; the answer shows the new index, later gets the old one. */
  private Outcome updateDirectory(Command.Update update, Directory before) {
    Directory after = before.withDeadline(Deadline.ofKeptNode(update.ttl(), now));
    KeyPath key = update.key();
    NodeView view = after.view(key, now);
    NodeView shown =
        new NodeView(
            key,
            false,
            Bytes.EMPTY,
            true,
            view.hasExpiration(),
            view.expiration(),
            view.ttl(),
            List.of(),
            index + 1,
            view.createdIndex());
    NodeView shownBefore = before.view(key, now);
    stats.add(Counter.UPDATE_SUCCESS);
    index++;
    tree.put(key, after, index);
    return happened(
        new KeyEvent(Action.UPDATE, shown, shownBefore, index, update.refresh(), false), null);
  }

  Outcome compareAndSwap(Command.CompareAndSwap swap) {
    KeyPath key = swap.key();
    if (key.isRoot()) {
      return refused(Counter.COMPARE_AND_SWAP_SUCCESS, Code.ROOT_READ_ONLY, KeyPath.ROOT.bytes());
    }
    Node before = tree.findOrNull(key);
    if (before == null) {
      return refused(Counter.COMPARE_AND_SWAP_FAIL, whyMissing(key));
    }
    if (before.isDirectory()) {
      return refused(Counter.COMPARE_AND_SWAP_FAIL, Code.NOT_A_FILE, key.bytes());
    }
    if (swap.dir()) {
      return refused(Counter.COMPARE_AND_SWAP_FAIL, Code.NOT_A_DIRECTORY, key.bytes());
    }
    Bytes mismatch = Comparison.mismatch(swap.condition(), before);
    if (!mismatch.isEmpty()) {
      return refused(Counter.COMPARE_AND_SWAP_FAIL, Code.COMPARE_FAILED, mismatch);
    }
    Bytes value = swap.refresh() ? before.value() : swap.value();
    Node node = keptFile(key, value, before, swap.ttl());
    return changed(
        Counter.COMPARE_AND_SWAP_SUCCESS,
        Action.COMPARE_AND_SWAP,
        key,
        node,
        before,
        swap.refresh());
  }

  Outcome delete(Command.Delete delete) {
    KeyPath key = delete.key();
    if (key.isRoot()) {
      return refused(Counter.DELETE_SUCCESS, Code.ROOT_READ_ONLY, KeyPath.ROOT.bytes());
    }
    Node before = tree.findOrNull(key);
    if (before == null) {
      return refused(Counter.DELETE_FAIL, whyMissing(key));
    }
    if (before instanceof Directory directory && !delete.recursive()) {
      if (!delete.dir()) {
        return refused(Counter.DELETE_FAIL, Code.NOT_A_FILE, key.bytes());
      }
      if (directory.hasChildren()) {
        return refused(Counter.DELETE_FAIL, Code.DIRECTORY_NOT_EMPTY, key.bytes());
      }
    }
    return removed(Counter.DELETE_SUCCESS, Action.DELETE, key, before, before.isDirectory());
  }

  Outcome compareAndDelete(Command.CompareAndDelete delete) {
    KeyPath key = delete.key();
    Node before = tree.findOrNull(key);
    if (before == null) {
      return refused(Counter.COMPARE_AND_DELETE_FAIL, whyMissing(key));
    }
    if (before.isDirectory()) {
      Bytes cause = key.isRoot() ? Bytes.EMPTY : key.bytes();
      return refused(Counter.COMPARE_AND_DELETE_SUCCESS, Code.NOT_A_FILE, cause);
    }
    Bytes mismatch = Comparison.mismatch(delete.condition(), before);
    if (!mismatch.isEmpty()) {
      return refused(Counter.COMPARE_AND_DELETE_SUCCESS, Code.COMPARE_FAILED, mismatch);
    }
    return removed(
        Counter.COMPARE_AND_DELETE_SUCCESS, Action.COMPARE_AND_DELETE, key, before, false);
  }

  Outcome expireDue() {
    for (int i = 0; i < KeySpace.EXPIRE_MAX; i++) {
      KeyPath key = tree.expiry().firstDueOrNull(now.clusterTime());
      if (key == null) {
        break;
      }
      Node due = tree.findOrNull(key);
      require(due != null, "a deadline without a node");
      removed(Counter.EXPIRE_COUNT, Action.EXPIRE, key, due, false);
    }
    return new Outcome.Done(index);
  }

  private Bytes inOrderName() {
    String digits = Long.toUnsignedString(index + 1);
    return Bytes.utf8("0".repeat(20 - digits.length()) + digits);
  }

  private Node newNode(KeyPath key, Bytes value, boolean dir, Ttl ttl) {
    byte[] name = key.component(key.depth() - 1);
    long deadline = Deadline.ofNewNode(ttl, now);
    return dir
        ? Directory.empty(name, index + 1, deadline)
        : FileNode.of(name, value, index + 1, index + 1, deadline);
  }

  private Node keptFile(KeyPath key, Bytes value, Node before, Ttl ttl) {
    byte[] name = key.component(key.depth() - 1);
    return FileNode.of(
        name, value, before.createdIndex(), index + 1, Deadline.ofKeptNode(ttl, now));
  }

  private Outcome changed(
      Counter counter, Action action, KeyPath key, Node node, Node beforeOrNull, boolean refresh) {
    stats.add(counter);
    index++;
    tree.put(key, node, index);
    NodeView before = beforeOrNull == null ? null : beforeOrNull.view(key, now);
    return happened(
        new KeyEvent(action, node.view(key, now), before, index, refresh, before == null), null);
  }

  private Outcome removed(
      Counter counter, Action action, KeyPath key, Node before, boolean showDir) {
    stats.add(counter);
    index++;
    tree.remove(key, before);
    NodeView shown =
        new NodeView(
            key, false, Bytes.EMPTY, showDir, false, 0, 0, List.of(), index, before.createdIndex());
    return happened(
        new KeyEvent(action, shown, before.view(key, now), index, false, false), before);
  }

  private Outcome happened(KeyEvent event, Node removedOrNull) {
    history = history.append(event.refresh() ? null : event);
    if (!event.refresh()) {
      LiveEvent live = new LiveEvent(event, removedOrNull);
      if (events.isEmpty()) {
        events = List.of(live);
      } else {
        if (events.size() == 1) {
          events = new ArrayList<>(events);
        }
        events.add(live);
      }
    }
    return new Outcome.Changed(event);
  }

  /** A change of what is no key: it takes an index and a place in the history. */
  void internalChange(Counter counter) {
    stats.add(counter);
    index++;
    history = history.append(null);
  }

  private V2Error whyMissing(KeyPath key) {
    return TreeEdit.whyMissing(tree.root(), key, index);
  }

  private Outcome refused(Counter counter, V2Error error) {
    stats.add(counter);
    return new Outcome.Refused(error);
  }

  private Outcome refused(Counter counter, Code code, Bytes cause) {
    return refused(counter, new V2Error(code, cause, index));
  }
}
