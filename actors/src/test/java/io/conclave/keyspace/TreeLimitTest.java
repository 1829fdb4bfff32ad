package io.conclave.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Stamp;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TreeLimitTest {
  private static final TreeLimit LIMIT = new TreeLimit(10 << 20);
  private static final KeyPath LARGE = KeyPath.of("/large");

  private final KeySpace full =
      KeySpace.initial(1).apply(set("/large", (9 << 20) - 1_000), Stamp.ZERO).after();

  private static Command.Set set(String key, int bytes) {
    Bytes value = Bytes.adopt(new byte[bytes]);
    return new Command.Set(KeyPath.of(key), value, false, Ttl.PERMANENT, false);
  }

  private Optional<String> refusal(Command command) {
    return LIMIT.refusal(full, command, 0);
  }

  @Test
  void aWriteThatFindsNoRoomIsToldWhatToDo() {
    assertEquals(Optional.empty(), refusal(set("/small", 1_000)));
    String cause = refusal(set("/other", 1 << 20)).orElseThrow();
    assertTrue(
        cause.startsWith(
            "out of memory for keys: they take 9 MiB and may take 10 MiB, this write would add"
                + " 209"),
        cause);
    assertTrue(
        cause.endsWith("delete keys, or raise -Xmx in deploy/jvm.options or JAVA_OPTS"), cause);
  }

  /** An array from half a region on takes whole ones. */
  @Test
  void largeValuesCountAsTheyAreKept() {
    KeySpace one = KeySpace.initial(1).apply(set("/a", 530_000), Stamp.ZERO).after();
    KeySpace two = one.apply(set("/b", 530_000), Stamp.ZERO).after();
    long added = two.treeBytes() - one.treeBytes();
    assertTrue(added >= 1 << 20 && added < 1_100_000, "" + added);
  }

  @Test
  void whatIsUnderWayCounts() {
    Command small = set("/small", 1_000);
    assertEquals(Optional.empty(), LIMIT.refusal(full, small, 0));
    assertTrue(LIMIT.refusal(full, small, 1 << 20).isPresent());
  }

  @Test
  void whatMakesTheTreeSmallerPassesHoweverFullItIs() {
    KeySpace overfull = full.apply(set("/more", 8 << 20), Stamp.ZERO).after();
    assertEquals(
        Optional.empty(), LIMIT.refusal(overfull, new Command.Delete(LARGE, false, false), 0));
    assertEquals(Optional.empty(), LIMIT.refusal(overfull, new Command.Sync(), 0));
    assertEquals(Optional.empty(), LIMIT.refusal(overfull, set("/large", 5 << 20), 0));
    assertTrue(LIMIT.refusal(overfull, set("/large", 10 << 20), 0).isPresent());
  }
}
