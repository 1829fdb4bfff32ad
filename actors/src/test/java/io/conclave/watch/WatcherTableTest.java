package io.conclave.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.LiveEvent;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.keyspace.tree.WatchMatch;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Stamp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class WatcherTableTest {
  private static final String[] NAMES = {"a", "b", "_h", "ab"};

  @Test
  void findsExactlyTheWatchersThatAnEventConcerns() {
    int concerned = 0;
    for (long seed = 1; seed <= 20; seed++) {
      RandomGenerator random = new SplittableRandom(seed);
      WatcherTable table = new WatcherTable();
      List<Watcher> all = new ArrayList<>();
      KeySpace tree = KeySpace.initial(100);
      for (int step = 0; step < 400; step++) {
        if (random.nextInt(3) == 0) {
          Watcher watcher = watcher(path(random), random.nextBoolean(), random.nextLong(400));
          table.add(watcher);
          all.add(watcher);
        }
        if (!all.isEmpty() && random.nextInt(6) == 0) {
          table.remove(all.remove(random.nextInt(all.size())));
        }
        KeySpace.Result result = tree.apply(command(random), new Stamp(step, 0));
        tree = result.after();
        for (LiveEvent live : result.events()) {
          List<Watcher> found = table.matching(live);
          assertEquals(expected(all, live), new HashSet<>(found), "seed " + seed);
          assertEquals(new HashSet<>(found).size(), found.size(), "twice, seed " + seed);
          concerned += found.size();
        }
        assertEquals(all.size(), table.size());
      }
    }
    assertTrue(concerned > 1000, "too few matches to mean anything: " + concerned);
  }

  @Test
  void handsOutEveryWatcherAtTheEnd() {
    WatcherTable table = new WatcherTable();
    Watcher first = watcher(KeyPath.of("/a/b"), false, 1);
    Watcher second = watcher(KeyPath.ROOT, true, 1);
    table.add(first);
    table.add(second);
    assertEquals(Set.of(first, second), Set.copyOf(table.clear()));
    assertEquals(0, table.size());
    assertEquals(List.of(), table.clear());
  }

  @Test
  void forgetsAWatcherOnlyOnce() {
    WatcherTable table = new WatcherTable();
    Watcher watcher = watcher(KeyPath.of("/a"), false, 1);
    table.add(watcher);
    table.remove(watcher);
    table.remove(watcher);
    assertEquals(0, table.size());
  }

  private static Set<Watcher> expected(List<Watcher> all, LiveEvent live) {
    Set<Watcher> expected = new HashSet<>();
    for (Watcher watcher : all) {
      WatchQuery query = watcher.query();
      if (watcher.wants(live.event().index())
          && WatchMatch.matches(live, query.key(), query.recursive())) {
        expected.add(watcher);
      }
    }
    return expected;
  }

  private static Watcher watcher(KeyPath key, boolean recursive, long first) {
    return new Watcher(
        new WatchQuery(key, recursive, true, 0), new RecordingSink(Integer.MAX_VALUE), first);
  }

  private static KeyPath path(RandomGenerator random) {
    KeyPath path = KeyPath.ROOT;
    for (int depth = random.nextInt(4); depth > 0; depth--) {
      path = path.child(Bytes.utf8(NAMES[random.nextInt(NAMES.length)]));
    }
    return path;
  }

  private static Command command(RandomGenerator random) {
    return switch (random.nextInt(5)) {
      case 0 -> new Command.Delete(path(random), true, true);
      case 1 -> new Command.Set(path(random), Bytes.EMPTY, true, Ttl.PERMANENT, false);
      default -> new Command.Set(path(random), Bytes.utf8("v"), false, Ttl.PERMANENT, false);
    };
  }
}
