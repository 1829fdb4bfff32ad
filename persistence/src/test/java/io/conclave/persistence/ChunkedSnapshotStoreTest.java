package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.RecoveryCompleted;
import org.apache.pekko.persistence.SaveSnapshotFailure;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SnapshotOffer;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file is kept, which one is loaded, and what a failure leaves. */
final class ChunkedSnapshotStoreTest {
  @TempDir Path directory;
  private Path files;
  private SnapshotDirectory snapshots;

  @BeforeEach
  void open() {
    files = directory.resolve("snapshots");
    snapshots = reopened(5);
  }

  private SnapshotDirectory reopened(int maxSnapshots) {
    return new SnapshotDirectory(files, maxSnapshots);
  }

  private void save(long index) throws IOException {
    snapshots.save(SnapshotFixture.handle(index, index / 2, false, 1_000));
  }

  private long loaded() throws IOException {
    return reopened(5).load(Long.MAX_VALUE).map(f -> f.meta().position().index()).orElse(0L);
  }

  private Path file(long index) throws IOException {
    return DurableFiles.list(files).stream()
        .filter(path -> SnapshotName.of(path).orElseThrow().position().index() == index)
        .findFirst()
        .orElseThrow();
  }

  private List<Long> kept() throws IOException {
    return DurableFiles.list(files).stream()
        .map(path -> SnapshotName.of(path).orElseThrow().position().index())
        .toList();
  }

  private void damage(long index) throws IOException {
    byte[] bytes = Files.readAllBytes(file(index));
    bytes[bytes.length / 2] ^= 1;
    Files.write(file(index), bytes);
  }

  @Test
  void loadsTheHighestIndex() throws IOException {
    assertEquals(0, loaded());
    save(9);
    save(10);
    save(300);
    assertEquals(300, loaded());
  }

  @Test
  void loadsNothingBehindTheWantedEvent() throws IOException {
    save(10);
    save(20);
    assertEquals(
        10L, reopened(5).load(9).map(file -> file.meta().position().index()).orElseThrow());
    assertEquals(Optional.empty(), reopened(5).load(4));
  }

  @Test
  void damagedNewestFallsBackToTheOneBefore() throws IOException {
    save(10);
    save(20);
    damage(20);
    assertEquals(10, loaded());
    damage(10);
    assertEquals(0, loaded());
  }

  @Test
  void damagedOneFromAnotherMemberHasNoFallback() throws IOException {
    save(10);
    snapshots.save(SnapshotFixture.handle(20, 10, true, 1_000));
    assertEquals(20, loaded());
    damage(20);
    assertThrows(DamagedData.class, this::loaded);
  }

  @Test
  void copyUnderAnotherNameIsNotLoaded() throws IOException {
    save(10);
    Files.copy(file(10), new SnapshotName(SnapshotFixture.meta(99).position(), 5, false).in(files));
    assertEquals(10, loaded());
  }

  @Test
  void keepsTheNewestVerifiedFilesAndNeverFewerThanTwo() throws IOException {
    for (long index = 1; index <= 8; index++) {
      save(index);
    }
    assertEquals(List.of(4L, 5L, 6L, 7L, 8L), kept());
    snapshots = reopened(1);
    save(9);
    assertEquals(List.of(4L, 5L, 6L, 7L, 8L, 9L), kept(), "only one was verified here");
    save(10);
    assertEquals(List.of(9L, 10L), kept());
  }

  @Test
  void zeroKeepsAll() throws IOException {
    snapshots = reopened(0);
    for (long index = 1; index <= 8; index++) {
      save(index);
    }
    assertEquals(8, kept().size());
  }

  @Test
  void failedSaveHarmsNothing() throws IOException {
    save(10);
    byte[] good = Files.readAllBytes(file(10));
    SnapshotHandle failing =
        new SnapshotHandle(
            SnapshotFixture.meta(10),
            SnapshotFixture.owner(5, false),
            pieces -> {
              throw new UncheckedIOException(new IOException("disk"));
            });
    assertThrows(IOException.class, () -> snapshots.save(failing));
    assertEquals(List.of(file(10)), DurableFiles.list(files));
    assertTrue(java.util.Arrays.equals(good, Files.readAllBytes(file(10))));
  }

  @Test
  void interruptedSaveIsCleanedUp() throws IOException {
    save(10);
    Path left = files.resolve("0-0-0.snapshot" + SnapshotName.TEMPORARY);
    Files.write(left, new byte[100]);
    assertEquals(10, loaded());
    save(20);
    assertTrue(Files.notExists(left));
  }

  @Test
  void pluginSavesLoadsAndKeepsTheOlderOneWhenASaveFails() {
    var system = PersistenceKit.system(JournalFixture.settings(directory));
    try {
      TestKit probe = new TestKit(system);
      ActorRef actor = system.actorOf(Snapshotting.props(probe.getRef()));
      probe.expectMsg("recovered");
      actor.tell(SnapshotFixture.handle(10, 0, false, 300_000), probe.getRef());
      probe.expectMsg("saved");
      actor.tell("not a snapshot", probe.getRef());
      probe.expectMsg("failed");
      probe.watch(actor);
      system.stop(actor);
      probe.expectTerminated(actor);
      system.actorOf(Snapshotting.props(probe.getRef()));
      SnapshotFile file = probe.expectMsgClass(SnapshotFile.class);
      assertEquals(10, file.meta().position().index());
      probe.expectMsg("recovered");
    } finally {
      TestKit.shutdownActorSystem(system);
    }
  }

  /** Saves what it is sent and tells what happens. */
  private static final class Snapshotting extends AbstractPersistentActor {
    private final ActorRef observer;

    private Snapshotting(ActorRef observer) {
      this.observer = observer;
    }

    static Props props(ActorRef observer) {
      return Props.create(Snapshotting.class, () -> new Snapshotting(observer));
    }

    @Override
    public String persistenceId() {
      return PersistenceSettings.PERSISTENCE_ID;
    }

    @Override
    public AbstractActor.Receive createReceiveRecover() {
      return receiveBuilder()
          .match(SnapshotOffer.class, offer -> observer.tell(offer.snapshot(), self()))
          .match(RecoveryCompleted.class, completed -> observer.tell("recovered", self()))
          .build();
    }

    @Override
    public AbstractActor.Receive createReceive() {
      return receiveBuilder()
          .match(SaveSnapshotSuccess.class, saved -> observer.tell("saved", self()))
          .match(SaveSnapshotFailure.class, failed -> observer.tell("failed", self()))
          .matchAny(this::saveSnapshot)
          .build();
    }
  }
}
