package io.conclave.keyspace.tree;

import io.conclave.keyspace.tree.KeyEvent.Action;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Stamp;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The v2 store told as plainly as possible: a mutable map from written paths to nodes. Keys must
 * sort after a slash, so that a subtree is a range of the map.
 */
final class KeySpaceModel {
  record Item(boolean dir, Bytes value, long created, long modified, long deadline) {}

  private static final long NONE = Long.MAX_VALUE;

  final NavigableMap<String, Item> items = new TreeMap<>();
  final List<KeyEvent> told = new ArrayList<>();
  long index;

  Outcome apply(Command command, Stamp now) {
    told.clear();
    return switch (command) {
      case Command.Set c -> set(c, now);
      case Command.Create c -> create(c.key().toString(), c.value(), c.dir(), c.ttl(), now);
      case Command.CreateInOrder c -> {
        String parent = c.parent().isRoot() ? "" : c.parent().toString();
        yield create(parent + "/%020d".formatted(index + 1), c.value(), c.dir(), c.ttl(), now);
      }
      case Command.Update c -> update(c, now);
      case Command.CompareAndSwap c -> swap(c, now);
      case Command.Delete c -> delete(c, now);
      case Command.CompareAndDelete c -> compareAndDelete(c, now);
      case Command.Sync() -> sync(now);
      case Command.Publish c -> throw new AssertionError(c);
      case Command.SetClusterVersion c -> throw new AssertionError(c);
    };
  }

  private Outcome set(Command.Set c, Stamp now) {
    String key = c.key().toString();
    Outcome failed = lookup(key);
    Item before = items.get(key);
    if (isCode(failed, Code.NOT_A_DIRECTORY) || c.refresh() && failed != null) {
      return failed;
    }
    if (key.equals("/")) {
      return refused(Code.ROOT_READ_ONLY, "/");
    }
    if (before != null && before.dir) {
      return refused(Code.NOT_A_FILE, key);
    }
    Bytes value = c.refresh() ? before.value : c.value();
    return wrote(Action.SET, key, made(value, c.dir(), c.ttl(), now), before, c.refresh(), now);
  }

  private Outcome create(String key, Bytes value, boolean dir, Ttl ttl, Stamp now) {
    if (key.equals("/")) {
      return refused(Code.ROOT_READ_ONLY, "/");
    }
    Outcome failed = lookup(key);
    if (isCode(failed, Code.NOT_A_DIRECTORY)) {
      return failed;
    }
    if (failed == null) {
      return refused(Code.KEY_EXISTS, key);
    }
    return wrote(Action.CREATE, key, made(value, dir, ttl, now), null, false, now);
  }

  private Outcome update(Command.Update c, Stamp now) {
    String key = c.key().toString();
    if (key.equals("/")) {
      return refused(Code.ROOT_READ_ONLY, "/");
    }
    Outcome failed = lookup(key);
    if (failed != null) {
      return failed;
    }
    Item before = items.get(key);
    if (!before.dir) {
      return c.dir()
          ? refused(Code.NOT_A_DIRECTORY, key)
          : rewrote(Action.UPDATE, key, before, c.value(), c.ttl(), c.refresh(), now);
    }
    if (!c.value().isEmpty()) {
      return refused(Code.NOT_A_FILE, key);
    }
    index++;
    Item after =
        new Item(true, Bytes.EMPTY, before.created, before.modified, deadline(c.ttl(), now));
    items.put(key, after);
    Item shown = new Item(true, Bytes.EMPTY, before.created, index, after.deadline);
    return told(Action.UPDATE, view(key, shown, now), view(key, before, now), c.refresh(), false);
  }

  private Outcome swap(Command.CompareAndSwap c, Stamp now) {
    String key = c.key().toString();
    if (key.equals("/")) {
      return refused(Code.ROOT_READ_ONLY, "/");
    }
    Outcome failed = lookup(key);
    if (failed != null) {
      return failed;
    }
    Item before = items.get(key);
    if (before.dir) {
      return refused(Code.NOT_A_FILE, key);
    }
    if (c.dir()) {
      return refused(Code.NOT_A_DIRECTORY, key);
    }
    String differs = difference(c.condition(), before);
    return differs.isEmpty()
        ? rewrote(Action.COMPARE_AND_SWAP, key, before, c.value(), c.ttl(), c.refresh(), now)
        : refused(Code.COMPARE_FAILED, differs);
  }

  private Outcome delete(Command.Delete c, Stamp now) {
    String key = c.key().toString();
    if (key.equals("/")) {
      return refused(Code.ROOT_READ_ONLY, "/");
    }
    Outcome failed = lookup(key);
    if (failed != null) {
      return failed;
    }
    boolean dir = items.get(key).dir;
    if (dir && !c.dir() && !c.recursive()) {
      return refused(Code.NOT_A_FILE, key);
    }
    if (dir && !c.recursive() && !below(key).isEmpty()) {
      return refused(Code.DIRECTORY_NOT_EMPTY, key);
    }
    return removed(Action.DELETE, key, dir, now);
  }

  private Outcome compareAndDelete(Command.CompareAndDelete c, Stamp now) {
    String key = c.key().toString();
    if (key.equals("/")) {
      return refused(Code.NOT_A_FILE, "");
    }
    Outcome failed = lookup(key);
    if (failed != null) {
      return failed;
    }
    if (items.get(key).dir) {
      return refused(Code.NOT_A_FILE, key);
    }
    String differs = difference(c.condition(), items.get(key));
    return differs.isEmpty()
        ? removed(Action.COMPARE_AND_DELETE, key, false, now)
        : refused(Code.COMPARE_FAILED, differs);
  }

  private Outcome sync(Stamp now) {
    for (int i = 0; i < KeySpace.EXPIRE_MAX; i++) {
      String first = null;
      for (var entry : items.entrySet()) {
        long deadline = entry.getValue().deadline;
        if (deadline <= now.clusterTime()
            && (first == null || deadline < items.get(first).deadline)) {
          first = entry.getKey();
        }
      }
      if (first == null) {
        break;
      }
      removed(Action.EXPIRE, first, false, now);
    }
    return new Outcome.Done(index);
  }

  private Item made(Bytes value, boolean dir, Ttl ttl, Stamp now) {
    Bytes kept = dir ? Bytes.EMPTY : value;
    return new Item(dir, kept, index + 1, index + 1, deadline(ttl, now));
  }

  private Outcome wrote(
      Action action, String key, Item after, Item before, boolean refresh, Stamp now) {
    index++;
    for (int slash = key.indexOf('/', 1); slash > 0; slash = key.indexOf('/', slash + 1)) {
      items.putIfAbsent(key.substring(0, slash), new Item(true, Bytes.EMPTY, index, index, NONE));
    }
    items.put(key, after);
    NodeView viewBefore = before == null ? null : view(key, before, now);
    return told(action, view(key, after, now), viewBefore, refresh, before == null);
  }

  private Outcome rewrote(
      Action action, String key, Item before, Bytes value, Ttl ttl, boolean refresh, Stamp now) {
    Bytes kept = refresh ? before.value : value;
    Item after = new Item(false, kept, before.created, index + 1, deadline(ttl, now));
    return wrote(action, key, after, before, refresh, now);
  }

  private Outcome removed(Action action, String key, boolean showDir, Stamp now) {
    index++;
    Item before = items.remove(key);
    below(key).clear();
    NodeView shown =
        new NodeView(
            KeyPath.of(key),
            false,
            Bytes.EMPTY,
            showDir,
            false,
            0,
            0,
            List.of(),
            index,
            before.created);
    return told(action, shown, view(key, before, now), false, false);
  }

  private Outcome told(
      Action action, NodeView node, NodeView before, boolean refresh, boolean created) {
    KeyEvent event = new KeyEvent(action, node, before, index, refresh, created);
    if (!refresh) {
      told.add(event);
    }
    return new Outcome.Changed(event);
  }

  NavigableMap<String, Item> below(String key) {
    return items.subMap(key + "/", true, key + "0", false);
  }

  private Outcome lookup(String key) {
    if (key.equals("/")) {
      return null;
    }
    for (int slash = key.indexOf('/', 1); ; slash = key.indexOf('/', slash + 1)) {
      String part = slash < 0 ? key : key.substring(0, slash);
      if (!items.containsKey(part)) {
        return refused(Code.KEY_NOT_FOUND, part);
      }
      if (slash < 0) {
        return null;
      }
      if (!items.get(part).dir) {
        return refused(Code.NOT_A_DIRECTORY, part);
      }
    }
  }

  private static String difference(Command.Condition condition, Item item) {
    List<String> parts = new ArrayList<>();
    if (condition.hasPrevValue() && !condition.prevValue().equals(item.value)) {
      parts.add("[" + condition.prevValue().utf8() + " != " + item.value.utf8() + "]");
    }
    if (condition.prevIndex() != 0 && condition.prevIndex() != item.modified) {
      parts.add("[" + condition.prevIndex() + " != " + item.modified + "]");
    }
    return String.join(" ", parts);
  }

  private static NodeView view(String key, Item item, Stamp now) {
    boolean expires = item.deadline != NONE;
    double left = (item.deadline - now.clusterTime()) / 1000.0;
    return new NodeView(
        KeyPath.of(key),
        !item.dir,
        item.value,
        item.dir,
        expires,
        expires ? item.deadline + now.wallOffset() : 0,
        expires ? (long) (left > 0 ? Math.ceil(left) : left) : 0,
        List.of(),
        item.modified,
        item.created);
  }

  private static long deadline(Ttl ttl, Stamp now) {
    return switch (ttl) {
      case Ttl.Permanent() -> NONE;
      case Ttl.Seconds(long seconds) -> now.clusterTime() + 1000 * seconds;
    };
  }

  private static boolean isCode(Outcome outcome, Code code) {
    return outcome instanceof Outcome.Refused(V2Error error) && error.code() == code;
  }

  private Outcome refused(Code code, String cause) {
    return new Outcome.Refused(V2Error.of(code, cause, index));
  }
}
