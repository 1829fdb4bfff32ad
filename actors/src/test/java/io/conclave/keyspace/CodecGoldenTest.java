package io.conclave.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.Command.Condition;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.KeySpaceBatch;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Membership.Member;
import io.conclave.raft.core.Stamp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds the formats of commands and of the tree fast: what is on disk must stay readable. */
final class CodecGoldenTest {
  private static final MemberId ONE = MemberId.parse("ce2a822cea30bfca");
  private static final KeyPath KEY = KeyPath.of("/foo/bär");
  private static final Bytes VALUE = Bytes.copyOf(new byte[] {'v', 0, -1});
  private static final Ttl MINUTE = new Ttl.Seconds(60);

  /** What the golden file holds, by name. Never change a value: add others. */
  private static Map<String, Command> commands() {
    Map<String, Command> commands = new LinkedHashMap<>();
    commands.put("set", new Command.Set(KEY, VALUE, false, Ttl.PERMANENT, false));
    commands.put("set-root", new Command.Set(KeyPath.ROOT, Bytes.EMPTY, true, MINUTE, false));
    commands.put("set-refresh", new Command.Set(KEY, Bytes.EMPTY, false, MINUTE, true));
    commands.put("set-ttl-max", new Command.Set(KEY, VALUE, false, new Ttl.Seconds(-1), false));
    commands.put("create", new Command.Create(KEY, VALUE, false, MINUTE));
    commands.put("create-dir", new Command.Create(KEY, Bytes.EMPTY, true, Ttl.PERMANENT));
    commands.put("in-order", new Command.CreateInOrder(KEY, VALUE, false, Ttl.PERMANENT));
    commands.put("update", new Command.Update(KEY, VALUE, false, Ttl.PERMANENT, false));
    commands.put("update-dir", new Command.Update(KEY, Bytes.EMPTY, true, MINUTE, true));
    commands.put(
        "swap-value",
        new Command.CompareAndSwap(
            KEY, VALUE, false, MINUTE, false, Condition.value(Bytes.utf8("old"))));
    commands.put(
        "swap-index",
        new Command.CompareAndSwap(KEY, VALUE, false, Ttl.PERMANENT, true, Condition.index(-1)));
    commands.put("delete", new Command.Delete(KEY, false, false));
    commands.put("delete-dir", new Command.Delete(KEY, true, false));
    commands.put("delete-recursive", new Command.Delete(KEY, true, true));
    commands.put(
        "compare-and-delete",
        new Command.CompareAndDelete(KEY, new Condition(true, Bytes.EMPTY, 300)));
    commands.put("sync", new Command.Sync());
    commands.put(
        "publish", new Command.Publish(ONE, "grün", List.of("http://a:2379", "http://a:4001")));
    commands.put("version", new Command.SetClusterVersion("2.3.0"));
    return commands;
  }

  /** One of everything that the tree's format can say. Never change it: add another. */
  private static KeySpace tree() {
    KeySpaceBatch batch = KeySpace.initial(20).batch();
    Stamp stamp = new Stamp(5_000, 1_700_000_000_000L);
    Member member = new Member(ONE, "one", List.of("http://a:2380"), false);
    batch.applyBootstrap(Membership.of(List.of(member)), Stamp.ZERO);
    commands().values().forEach(command -> batch.apply(command, stamp));
    KeyPath queue = KeyPath.of("/queue");
    batch.apply(new Command.CreateInOrder(queue, VALUE, false, MINUTE), stamp);
    batch.apply(new Command.CreateInOrder(queue, VALUE, true, MINUTE), stamp);
    batch.apply(new Command.Set(KEY, VALUE, false, Ttl.PERMANENT, false), stamp);
    batch.apply(new Command.Set(KEY, Bytes.EMPTY, false, MINUTE, true), stamp);
    batch.apply(new Command.Update(queue, Bytes.EMPTY, true, MINUTE, false), stamp);
    batch.apply(
        new Command.CompareAndSwap(KEY, VALUE, false, MINUTE, false, Condition.value(VALUE)),
        stamp);
    batch.apply(new Command.Sync(), new Stamp(70_000, 1_700_000_000_001L));
    batch.apply(new Command.Create(KEY, VALUE, true, MINUTE), stamp);
    batch.apply(new Command.Delete(KeyPath.of("/foo"), false, true), stamp);
    batch.apply(new Command.Create(KEY, VALUE, false, new Ttl.Seconds(-1)), stamp);
    batch.apply(new Command.Create(KeyPath.of("/a"), VALUE, true, MINUTE), stamp);
    return batch.seal();
  }

  @Test
  void everyCommandHasTheBytesOfTheGoldenFile() throws IOException {
    Map<String, Bytes> golden = golden("command-codec-v1.txt");
    assertEquals(commands().keySet(), golden.keySet());
    commands()
        .forEach(
            (name, command) ->
                assertEquals(
                    hex(golden.get(name)),
                    hex(CommandCodec.encode(command)),
                    "format changed: " + name));
  }

  @Test
  void everyGoldenCommandIsReadBack() throws IOException {
    Map<String, Bytes> golden = golden("command-codec-v1.txt");
    commands()
        .forEach(
            (name, command) -> assertEquals(command, CommandCodec.decode(golden.get(name)), name));
  }

  @Test
  void theTreeHasTheBytesOfTheGoldenFile() throws IOException {
    assertEquals(
        hex(golden("tree-codec-v1.txt").get("tree")), hex(encode(tree())), "format changed");
  }

  @Test
  void theGoldenTreeIsReadBack() throws IOException {
    TreeCodec.Reader reader = new TreeCodec.Reader();
    reader.accept(golden("tree-codec-v1.txt").get("tree"));
    assertEquals(tree(), reader.finish());
  }

  @Test
  void aCutCommandIsRefused() {
    commands()
        .forEach(
            (name, command) -> {
              Bytes whole = CommandCodec.encode(command);
              for (int length = 0; length < whole.length(); length++) {
                Bytes cut = whole.slice(0, length);
                assertThrows(MalformedData.class, () -> CommandCodec.decode(cut), name);
              }
              Bytes longer = whole.concat(Bytes.utf8("x"));
              assertThrows(MalformedData.class, () -> CommandCodec.decode(longer), name);
            });
  }

  @Test
  void aLaterVersionIsRefusedByName() {
    byte[] later = CommandCodec.encode(new Command.Sync()).toArray();
    later[0] = 2;
    MalformedData refused =
        assertThrows(MalformedData.class, () -> CommandCodec.decode(Bytes.adopt(later)));
    assertTrue(refused.getMessage().contains("format 2"), refused.getMessage());

    byte[] laterTree = encode(tree()).toArray();
    laterTree[5] = 2;
    MalformedData refusedTree =
        assertThrows(
            MalformedData.class, () -> new TreeCodec.Reader().accept(Bytes.adopt(laterTree)));
    assertTrue(refusedTree.getMessage().contains("format 2"), refusedTree.getMessage());
  }

  @Test
  void unknownKindsAndFlagsAreRefused() {
    byte[] sync = CommandCodec.encode(new Command.Sync()).toArray();
    sync[1] = 99;
    assertThrows(MalformedData.class, () -> CommandCodec.decode(Bytes.adopt(sync)));
    byte[] delete = CommandCodec.encode(new Command.Delete(KEY, true, true)).toArray();
    delete[2] |= 0x40;
    assertThrows(MalformedData.class, () -> CommandCodec.decode(Bytes.adopt(delete)));
  }

  @Test
  void aKeyThatIsNotCleanIsRefused() {
    byte[] delete = CommandCodec.encode(new Command.Delete(KEY, true, true)).toArray();
    delete[delete.length - 1] = '/';
    assertThrows(MalformedData.class, () -> CommandCodec.decode(Bytes.adopt(delete)));
  }

  private static Bytes encode(KeySpace tree) {
    Bytes[] all = {Bytes.EMPTY};
    TreeCodec.write(tree, chunk -> all[0] = all[0].concat(chunk));
    return all[0];
  }

  private static Map<String, Bytes> golden(String file) throws IOException {
    Map<String, Bytes> golden = new LinkedHashMap<>();
    try (InputStream in = CodecGoldenTest.class.getResourceAsStream("/golden/" + file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.split("\n")) {
        String[] parts = line.split(" ");
        golden.put(parts[0], Bytes.adopt(HexFormat.of().parseHex(parts[1])));
      }
    }
    return golden;
  }

  private static String hex(Bytes bytes) {
    return HexFormat.of().formatHex(bytes.unsafeArray());
  }
}
