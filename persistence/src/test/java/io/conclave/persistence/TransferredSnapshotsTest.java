package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.TreeCodec;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.KeySpaceBatch;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.core.Stamp;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import io.conclave.raft.peer.SnapshotTarget.Incoming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two snapshot directories; the test carries the chunks. */
final class TransferredSnapshotsTest {
  private static final int CHUNK = 128 << 10;
  private static final SnapshotMeta META = SnapshotFixture.meta(12);

  @TempDir Path sending;
  @TempDir Path receiving;

  private final KeySpace tree = tree(4000);
  private TransferredSnapshots sender;
  private TransferredSnapshots receiver;

  @BeforeEach
  void open() throws IOException {
    sender = new TransferredSnapshots(sending, DiskReserve.of(sending, 0));
    receiver = new TransferredSnapshots(receiving, DiskReserve.of(receiving, 0));
  }

  @Test
  void whatOneMemberSavedAnotherOneLoads() throws IOException {
    save(12, 40);
    SnapshotOffer offer = sender.offer(META).orElseThrow();
    assertTrue(offer.sizeBytes() > 2 * CHUNK, "has " + offer.sizeBytes());
    assertTrue(transfer(offer));
    assertEquals(tree, receiver.load(META));
    receiver.discard(META);
    assertEquals(List.of(), DurableFiles.list(receiving));
    assertThrows(IOException.class, () -> receiver.load(META));
  }

  @Test
  void aTransferGoesOnWhereItsFileEnds() throws IOException {
    save(12, 40);
    SnapshotOffer offer = sender.offer(META).orElseThrow();
    Incoming first = receiver.open(offer);
    first.append(chunk(0));
    first.close();
    Incoming second = new TransferredSnapshots(receiving, reserve(0)).open(offer);
    assertEquals(CHUNK, second.length());
    second.close();
    assertTrue(transfer(offer));
    assertEquals(tree, receiver.load(META));
  }

  @Test
  void anotherOfferBeginsAnew() throws IOException {
    save(12, 40);
    save(13, 41);
    Incoming older = receiver.open(sender.offer(META).orElseThrow());
    older.append(chunk(0));
    older.close();
    Incoming newer = receiver.open(sender.offer(SnapshotFixture.meta(13)).orElseThrow());
    assertEquals(0, newer.length());
    newer.close();
    assertEquals(1, DurableFiles.list(receiving).size());
  }

  @Test
  void anotherOneThatCameIsDiscardedAlone() throws IOException {
    save(12, 40);
    assertTrue(transfer(sender.offer(META).orElseThrow()));
    SnapshotMeta later = SnapshotFixture.meta(13);
    save(13, 41);
    SnapshotOffer offer = sender.offer(later).orElseThrow();
    Incoming file = receiver.open(offer);
    for (long at = 0; at < offer.sizeBytes(); at += CHUNK) {
      file.append(sender.read(later.position(), at, CHUNK).orElseThrow());
    }
    assertTrue(file.finish());
    receiver.discard(later);
    assertEquals(tree, receiver.load(META));
  }

  @Test
  void whatCameBeforeARestartNeedNotBeSentAgain() throws IOException {
    save(12, 40);
    SnapshotOffer offer = sender.offer(META).orElseThrow();
    assertTrue(transfer(offer));
    receiver.forgetReceived();
    assertThrows(IOException.class, () -> receiver.load(META));
    Incoming again = receiver.open(offer);
    assertEquals(offer.sizeBytes(), again.length());
    assertTrue(again.finish());
    assertEquals(tree, receiver.load(META));
  }

  @Test
  void whatIsNotWhatWasOfferedIsDeleted() throws IOException {
    save(12, 40);
    SnapshotOffer offer = sender.offer(META).orElseThrow();
    SnapshotOffer other = new SnapshotOffer(META, offer.sizeBytes(), offer.crc32c() + 1);
    assertFalse(transfer(other));
    byte[] bent = chunk(0).toArray();
    bent[CHUNK / 2] ^= 1;
    Incoming file = receiver.open(offer);
    file.append(Bytes.adopt(bent));
    appendFrom(CHUNK, offer, file);
    assertFalse(file.finish());
    assertEquals(List.of(), DurableFiles.list(receiving));
  }

  @Test
  void aSnapshotDeletedWhileItIsFetchedIsStillServed() throws IOException {
    save(12, 40);
    SnapshotOffer offer = sender.offer(META).orElseThrow();
    for (Path file : DurableFiles.list(sending)) {
      Files.delete(file);
    }
    assertTrue(transfer(offer));
    assertEquals(tree, receiver.load(META));
  }

  @Test
  void anySavedSnapshotIsServedAlsoIfItWasNotOffered() throws IOException {
    save(12, 40);
    assertEquals(CHUNK, chunk(0).length());
    assertEquals(Optional.empty(), sender.read(META.position(), 1L << 40, CHUNK));
    assertEquals(Optional.empty(), sender.read(new LogPosition(3, 11), 0, CHUNK));
    assertEquals(Optional.empty(), sender.offer(SnapshotFixture.meta(11)));
  }

  @Test
  void aDamagedSnapshotIsNotOffered() throws IOException {
    save(12, 40);
    Path file = DurableFiles.list(sending).getFirst();
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);
    assertThrows(DamagedData.class, () -> sender.offer(META));
    assertThrows(DamagedData.class, () -> sender.read(META.position(), 0, CHUNK));
  }

  @Test
  void withoutSpaceNothingIsFetched() throws IOException {
    save(12, 40);
    SnapshotOffer offer = sender.offer(META).orElseThrow();
    var full = new TransferredSnapshots(receiving, reserve(1L << 60));
    IOException refused = assertThrows(IOException.class, () -> full.open(offer));
    assertTrue(refused.getMessage().startsWith("no space"), refused.getMessage());
  }

  private DiskReserve reserve(long bytes) throws IOException {
    return DiskReserve.of(receiving, bytes);
  }

  private void save(long index, long cut) throws IOException {
    new SnapshotDirectory(sending, 5)
        .save(
            new SnapshotHandle(
                SnapshotFixture.meta(index),
                SnapshotFixture.owner(cut, false),
                pieces -> TreeCodec.write(tree, pieces)));
  }

  private boolean transfer(SnapshotOffer offer) throws IOException {
    Incoming file = receiver.open(offer);
    appendFrom(file.length(), offer, file);
    return file.finish();
  }

  private void appendFrom(long offset, SnapshotOffer offer, Incoming file) throws IOException {
    for (long at = offset; at < offer.sizeBytes(); at += CHUNK) {
      file.append(chunk(at));
    }
  }

  private Bytes chunk(long offset) throws IOException {
    return sender.read(META.position(), offset, CHUNK).orElseThrow();
  }

  private static KeySpace tree(int keys) {
    KeySpaceBatch batch = KeySpace.initial(1000).batch();
    for (int i = 0; i < keys; i++) {
      Bytes value = Bytes.utf8("value %d of some length".formatted(i).repeat(4));
      batch.apply(
          new Command.Set(
              KeyPath.of("/dir" + i % 50 + "/" + i), value, false, Ttl.PERMANENT, false),
          new Stamp(i, 0));
    }
    return batch.seal();
  }
}
