package io.conclave.keyspace.tree;

import static io.conclave.raft.core.Require.require;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Builds a {@link KeySpace} from what {@link KeySpace#storedNodes} and its history told, in the
 * same order; what can't be right throws {@link IllegalStateException}. The limit on the bytes of
 * the history is not stored with it: whoever goes on with the key space sets it again.
 */
public final class KeySpaceRestore {
  private final StoredHeader header;
  private final Deque<Level> open = new ArrayDeque<>();
  private final List<byte[]> deadlines = new ArrayList<>();
  private EventHistory history;

  public KeySpaceRestore(StoredHeader header) {
    this.header = header;
    this.history =
        EventHistory.startingAfter(
            header.index() - header.historySize(), HistoryLimits.ofEvents(header.historyMax()));
    open.push(new Level(Directory.EMPTY_ROOT, new ArrayList<>()));
  }

  /** A directory whose children are still coming. */
  private record Level(Directory directory, List<Node> children) {
    private Directory complete() {
      return directory.withAll(children);
    }
  }

  /** The next node, depth first. */
  public void node(StoredNode stored) {
    require(stored.depth() <= open.size(), "depth %d after %d", stored.depth(), open.size());
    while (open.size() > stored.depth()) {
      closeLevel();
    }
    byte[] name = stored.name().unsafeArray();
    requireNoSlash(name);
    if (stored.expires()) {
      deadlines.add(ExpiryIndex.entry(stored.deadline(), pathOf(name)));
    }
    if (stored.directory()) {
      Directory directory = Directory.empty(name, stored.createdIndex(), stored.deadlineOrNever());
      open.push(new Level(directory, new ArrayList<>()));
    } else {
      addToOpen(
          FileNode.of(
              name,
              stored.value(),
              stored.createdIndex(),
              stored.modifiedIndex(),
              stored.deadlineOrNever()));
    }
  }

  /** The next event, oldest first; empty for one that concerns nobody. */
  public void event(Optional<KeyEvent> event) {
    history = history.append(event.orElse(null));
  }

  /** Call once, after all nodes and events. */
  public KeySpace finish() {
    require(history.newestIndex() == header.index(), "events end at %d", history.newestIndex());
    while (open.size() > 1) {
      closeLevel();
    }
    return new KeySpace(
        header.index(),
        header.stamp(),
        open.remove().complete(),
        ExpiryIndex.ofAll(deadlines),
        history,
        header.stats(),
        header.cluster());
  }

  private void closeLevel() {
    addToOpen(open.remove().complete());
  }

  private void addToOpen(Node node) {
    List<Node> siblings = open.element().children;
    require(
        siblings.isEmpty() || Arrays.compareUnsigned(siblings.getLast().name(), node.name()) < 0,
        "names are out of order");
    siblings.add(node);
  }

  private static void requireNoSlash(byte[] name) {
    for (byte b : name) {
      require(b != '/', "a name with a slash");
    }
  }

  private KeyPath pathOf(byte[] name) {
    KeyPath path = KeyPath.ROOT;
    for (Iterator<Level> levels = open.descendingIterator(); levels.hasNext(); ) {
      Directory directory = levels.next().directory;
      path = directory.name().length == 0 ? path : path.child(directory.name());
    }
    return path.child(name);
  }
}
