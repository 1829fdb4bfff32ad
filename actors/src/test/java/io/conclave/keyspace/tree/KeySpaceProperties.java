package io.conclave.keyspace.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Stamp;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key space against {@link KeySpaceModel}: every outcome, every event, the whole tree. */
final class KeySpaceProperties {
  private static final List<String> NAMES = List.of("a", "b", "c", "dd", "_h", "a1");
  private static final int COMMANDS = 4_000;
  private static final int INDEX_BYTES = 24;

  private record Version(KeySpace tree, List<String> told) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void agreesWithThePlainModel(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    KeySpaceModel model = new KeySpaceModel();
    KeySpace tree = KeySpace.initial(100);
    List<Version> kept = new ArrayList<>();
    Stamp now = new Stamp(0, 1_700_000_000_000L);
    for (int i = 0; i < COMMANDS; ) {
      KeySpaceBatch batch = tree.batch();
      for (int left = random.nextInt(1, 10); left > 0; left--, i++) {
        now = new Stamp(now.clusterTime() + random.nextInt(700), now.wallOffset());
        Command command = randomCommand(random, model.index);
        int number = i;
        Supplier<String> context = () -> "seed " + seed + ", command " + number + ": " + command;
        Outcome expected = model.apply(command, now);
        KeySpaceBatch.Applied applied = batch.apply(command, now);
        assertEquals(expected, applied.outcome(), context);
        assertEquals(model.told, applied.events().stream().map(LiveEvent::event).toList(), context);
      }
      tree = batch.seal();
      if (i % 50 < 5) {
        check(tree, model, "seed " + seed + ", after command " + i);
        kept.add(new Version(tree, told(tree)));
      }
    }
    kept.forEach(version -> assertEquals(version.told, told(version.tree), "old version"));
  }

  /** Whatever it took to get there, a tree is estimated as if it were made at once. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void bytesAreThoseOfATreeMadeAtOnceAndNoCommandAddsMoreThanItsGrowth(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    KeySpace tree = KeySpace.initial(1);
    Stamp now = Stamp.ZERO;
    long empty = tree.treeBytes();
    for (int i = 0; i < COMMANDS; i++) {
      now = new Stamp(now.clusterTime() + random.nextInt(700), 0);
      Command command = randomCommand(random, tree.index());
      KeySpace after = tree.apply(command, now).after();
      long grown = after.treeBytes() - tree.treeBytes();
      assertTrue(grown <= tree.growth(command) + INDEX_BYTES, "seed " + seed + ": " + command);
      tree = after;
      assertEquals(madeAtOnce(tree).treeBytes(), tree.treeBytes(), "seed " + seed + ": " + command);
    }
    List<StoredNode> nodes = new ArrayList<>();
    tree.storedNodes().forEachRemaining(nodes::add);
    for (StoredNode node : nodes) {
      if (node.depth() == 1) {
        Command delete = new Command.Delete(KeyPath.ROOT.child(node.name()), true, true);
        assertEquals(0, tree.growth(delete));
        tree = tree.apply(delete, now).after();
      }
    }
    assertEquals(empty, tree.treeBytes());
  }

  private static KeySpace madeAtOnce(KeySpace tree) {
    KeySpaceRestore restore = new KeySpaceRestore(tree.storedHeader());
    tree.storedNodes().forEachRemaining(restore::node);
    if (tree.history().size() > 0) {
      restore.event(tree.history().eventAt(tree.index()));
    }
    return restore.finish();
  }

  private static Command randomCommand(RandomGenerator random, long index) {
    StringBuilder path = new StringBuilder("/");
    for (int depth = random.nextInt(random.nextInt(20) == 0 ? 1 : 5); depth >= 0; depth--) {
      path.append('/').append(NAMES.get(random.nextInt(NAMES.size())));
    }
    KeyPath key = random.nextInt(60) == 0 ? KeyPath.ROOT : KeyPath.of(path.toString());
    Bytes value = random.nextInt(4) == 0 ? Bytes.EMPTY : Bytes.utf8("v" + random.nextInt(3));
    boolean dir = random.nextInt(4) == 0;
    boolean refresh = random.nextInt(5) == 0;
    Ttl ttl = random.nextInt(3) == 0 ? new Ttl.Seconds(random.nextInt(20)) : Ttl.PERMANENT;
    Command.Condition condition =
        switch (random.nextInt(3)) {
          case 0 -> Command.Condition.index(Math.max(1, index - random.nextInt(15)));
          case 1 -> Command.Condition.value(Bytes.utf8("v" + random.nextInt(3)));
          default ->
              new Command.Condition(true, Bytes.utf8("v1"), Math.max(1, index - random.nextInt(9)));
        };
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> new Command.Set(key, value, dir, ttl, refresh);
      case 4, 5 -> new Command.Create(key, value, dir, ttl);
      case 6 -> new Command.CreateInOrder(key, value, dir, ttl);
      case 7, 8, 9 -> new Command.Update(key, value, dir, ttl, refresh);
      case 10, 11 -> new Command.CompareAndSwap(key, value, dir, ttl, refresh, condition);
      case 12 -> new Command.CompareAndDelete(key, condition);
      case 13, 14 -> new Command.Delete(key, dir, random.nextInt(4) == 0);
      default -> new Command.Sync();
    };
  }

  private static void check(KeySpace tree, KeySpaceModel model, String context) {
    List<String> expected = new ArrayList<>();
    long first = Long.MAX_VALUE;
    for (var entry : model.items.entrySet()) {
      KeySpaceModel.Item item = entry.getValue();
      expected.add(
          entry.getKey()
              + " "
              + item.dir()
              + " "
              + item.value().utf8()
              + " "
              + item.created()
              + " "
              + item.modified()
              + " "
              + item.deadline());
      first = Math.min(first, item.deadline());
    }
    List<String> told = told(tree);
    expected.sort(null);
    assertEquals(expected, told, context);
    assertEquals(
        first == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(first),
        tree.nextExpiry(),
        context);
    assertEquals(model.index, tree.index(), context);
    assertEquals(model.index, tree.history().newestIndex(), context);
  }

  /** All nodes as text, whose order is made independent of the tree's. */
  private static List<String> told(KeySpace tree) {
    List<String> told = new ArrayList<>();
    KeyPath path = KeyPath.ROOT;
    for (Iterator<StoredNode> nodes = tree.storedNodes(); nodes.hasNext(); ) {
      StoredNode node = nodes.next();
      path = path.ancestor(node.depth() - 1).child(node.name());
      told.add(
          path
              + " "
              + node.directory()
              + " "
              + node.value().utf8()
              + " "
              + node.createdIndex()
              + " "
              + node.modifiedIndex()
              + " "
              + node.deadlineOrNever());
    }
    told.sort(null);
    return told;
  }
}
