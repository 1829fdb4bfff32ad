package io.conclave.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.KeySpaceBatch;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Stamp;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class TreeCodecTest {
  private static final Stamp STAMP = new Stamp(1_000, 1_700_000_000_000L);

  @Test
  void anEmptyTreeComesBack() {
    KeySpace empty = KeySpace.initial(7);
    assertEquals(empty, read(write(empty)));
  }

  @Test
  void aLargeTreeComesBackInBlocksOfBoundedSize() {
    KeySpace large = large(50_000);
    List<Bytes> chunks = write(large);
    assertTrue(chunks.size() > 10, "only " + chunks.size() + " chunks");
    for (Bytes chunk : chunks) {
      assertTrue(chunk.length() < TreeCodec.BLOCK_BYTES + 1_000, "chunk of " + chunk.length());
    }
    assertEquals(large, read(chunks));
  }

  @Test
  void chunksMayBeCutAnywhere() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);
    KeySpace tree = large(5_000);
    Bytes whole = joined(write(tree));
    for (int round = 0; round < 20; round++) {
      List<Bytes> pieces = new ArrayList<>();
      int longest = 1 << random.nextInt(1, 18);
      for (int from = 0; from < whole.length(); ) {
        int to = Math.min(whole.length(), from + random.nextInt(longest) + 1);
        pieces.add(whole.slice(from, to));
        from = to;
      }
      assertEquals(tree, read(pieces));
    }
  }

  @Test
  void aTreeOfGreatDepthComesBack() {
    KeySpace deep = KeySpace.initial(1).apply(set(KeyPath.of("/d".repeat(5_000))), STAMP).after();
    assertEquals(deep, read(write(deep)));
  }

  @Test
  void aValueLongerThanABlockComesBack() {
    Bytes value = Bytes.adopt(new byte[3 * TreeCodec.BLOCK_BYTES]);
    Command set = new Command.Set(KeyPath.of("/big"), value, false, Ttl.PERMANENT, false);
    KeySpace tree = KeySpace.initial(1).apply(set, STAMP).after();
    assertEquals(tree, read(write(tree)));
  }

  @Test
  void theRestoredTreeGoesOnLikeTheOriginal() {
    KeySpace original = large(3_000);
    KeySpace restored = read(write(original));
    assertEquals(original.nextExpiry(), restored.nextExpiry());
    KeySpaceBatch on = original.batch();
    KeySpaceBatch onRestored = restored.batch();
    Stamp later = new Stamp(200_000, 0);
    for (Command command :
        List.of(
            new Command.Sync(),
            set(KeyPath.of("/new/key")),
            new Command.Delete(KeyPath.of("/dir1"), true, true))) {
      assertEquals(on.apply(command, later).outcome(), onRestored.apply(command, later).outcome());
    }
    assertEquals(on.seal(), onRestored.seal());
  }

  @Test
  void aStreamThatEndsEarlyIsRefused() {
    Bytes whole = joined(write(large(100)));
    for (int length = 0; length < whole.length(); length += 37) {
      TreeCodec.Reader reader = new TreeCodec.Reader();
      reader.accept(whole.slice(0, length));
      assertThrows(MalformedData.class, reader::finish);
    }
  }

  @Test
  void bytesBehindTheEndAreRefused() {
    TreeCodec.Reader reader = new TreeCodec.Reader();
    reader.accept(joined(write(large(10))));
    assertThrows(MalformedData.class, () -> reader.accept(Bytes.utf8("x")));
  }

  @Test
  void anyFlippedBitIsRefusedOrStillATree() {
    Bytes whole = joined(write(large(12)));
    for (int bit = 0; bit < 8 * whole.length(); bit++) {
      byte[] damaged = whole.toArray();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      TreeCodec.Reader reader = new TreeCodec.Reader();
      try {
        reader.accept(Bytes.adopt(damaged));
        reader.finish();
      } catch (MalformedData refused) {
        assertTrue(!refused.getMessage().isEmpty());
      }
    }
  }

  @Test
  void anImpossibleBlockLengthIsRefused() {
    Bytes length = Bytes.copyOf(new byte[] {0x7f, -1, -1, -1});
    assertThrows(MalformedData.class, () -> new TreeCodec.Reader().accept(length));
  }

  private static KeySpace large(int keys) {
    KeySpaceBatch batch = KeySpace.initial(500).batch();
    for (int i = 0; i < keys; i++) {
      KeyPath key = KeyPath.of("/dir" + i % 7 + "/sub" + i % 31 + "/key" + i);
      Ttl ttl = i % 5 == 0 ? new Ttl.Seconds(i % 100) : Ttl.PERMANENT;
      batch.apply(new Command.Set(key, Bytes.utf8("value " + i), false, ttl, false), STAMP);
    }
    batch.apply(new Command.Set(KeyPath.of("/a!"), Bytes.EMPTY, true, Ttl.PERMANENT, false), STAMP);
    batch.apply(set(KeyPath.of("/a/b")), STAMP);
    batch.apply(set(KeyPath.of("/_hidden/_x")), STAMP);
    return batch.seal();
  }

  private static Command set(KeyPath key) {
    return new Command.Set(key, Bytes.utf8("x"), false, Ttl.PERMANENT, false);
  }

  private static List<Bytes> write(KeySpace tree) {
    List<Bytes> chunks = new ArrayList<>();
    TreeCodec.write(tree, chunks::add);
    return chunks;
  }

  private static KeySpace read(List<Bytes> chunks) {
    TreeCodec.Reader reader = new TreeCodec.Reader();
    chunks.forEach(reader::accept);
    return reader.finish();
  }

  private static Bytes joined(List<Bytes> chunks) {
    byte[] all = new byte[chunks.stream().mapToInt(Bytes::length).sum()];
    int at = 0;
    for (Bytes chunk : chunks) {
      System.arraycopy(chunk.unsafeArray(), 0, all, at, chunk.length());
      at += chunk.length();
    }
    return Bytes.adopt(all);
  }
}
