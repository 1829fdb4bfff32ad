package io.conclave.watch;

import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.keyspace.tree.LiveEvent;
import io.conclave.raft.core.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The registered watchers as a tree of the paths they watch, so that finding those of an event
 * costs a walk along its path and not a look at every watcher. Finds exactly the watchers that
 * {@link io.conclave.keyspace.tree.WatchMatch} says the event concerns.
 */
final class WatcherTable {
  private final Place root = new Place();
  private int size;

  int size() {
    return size;
  }

  void add(Watcher watcher) {
    Place place = root;
    for (Bytes name : watcher.query().key().components()) {
      place = place.below.computeIfAbsent(name, unseen -> new Place());
    }
    if (place.watchers.add(watcher)) {
      size++;
    }
  }

  void remove(Watcher watcher) {
    remove(root, watcher, watcher.query().key().components(), 0);
  }

  /** Takes all watchers out. */
  List<Watcher> clear() {
    List<Watcher> all = new ArrayList<>(size);
    root.collect(all);
    root.below.clear();
    root.watchers.clear();
    size = 0;
    return all;
  }

  /** The watchers that are to be told of {@code live}, each once. */
  List<Watcher> matching(LiveEvent live) {
    KeyEvent event = live.event();
    List<Watcher> found = new ArrayList<>();
    if (event.refresh()) {
      return found;
    }
    List<Bytes> names = event.key().components();
    int visibleFrom = behindLastHidden(names);
    Place place = root;
    for (int depth = 0; depth < names.size(); depth++) {
      if (depth >= visibleFrom) {
        place.recursive(event.index(), found);
      }
      place = place.below.get(names.get(depth));
      if (place == null) {
        return found;
      }
    }
    place.all(event.index(), found);
    if (event.action().removes()) {
      place.below.values().forEach(lower -> lower.tookAway(live, found));
    }
    return found;
  }

  /** The depth from which on no name of the path begins with an underscore. */
  private static int behindLastHidden(List<Bytes> names) {
    int depth = names.size();
    while (depth > 0 && names.get(depth - 1).at(0) != '_') {
      depth--;
    }
    return depth;
  }

  /** True if {@code place} holds nothing any more. */
  private boolean remove(Place place, Watcher watcher, List<Bytes> names, int depth) {
    if (depth == names.size()) {
      if (place.watchers.remove(watcher)) {
        size--;
      }
    } else {
      Place next = place.below.get(names.get(depth));
      if (next != null && remove(next, watcher, names, depth + 1)) {
        place.below.remove(names.get(depth));
      }
    }
    return place.watchers.isEmpty() && place.below.isEmpty();
  }

  /** One path, and what is watched at and below it. */
  private static final class Place {
    private final Map<Bytes, Place> below = new HashMap<>(4);
    private final Set<Watcher> watchers = new LinkedHashSet<>(4);

    private void all(long index, List<Watcher> found) {
      for (Watcher watcher : watchers) {
        if (watcher.wants(index)) {
          found.add(watcher);
        }
      }
    }

    private void recursive(long index, List<Watcher> found) {
      for (Watcher watcher : watchers) {
        if (watcher.query().recursive() && watcher.wants(index)) {
          found.add(watcher);
        }
      }
    }

    private void tookAway(LiveEvent live, List<Watcher> found) {
      if (!watchers.isEmpty() && live.tookAway(watchers.iterator().next().query().key())) {
        all(live.event().index(), found);
      }
      below.values().forEach(lower -> lower.tookAway(live, found));
    }

    private void collect(List<Watcher> all) {
      all.addAll(watchers);
      below.values().forEach(lower -> lower.collect(all));
    }
  }
}
