package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin on a disk that is full for a while: it waits, and only the write does. */
final class FullDiskJournalTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LONGER_THAN_A_RETRY = Duration.ofMillis(2500);
  private static final Duration STOP = Duration.ofSeconds(2);
  private static final long PLENTY = 1L << 30;
  private static final FreeSpace DISK = new FreeSpace(PLENTY);

  /** Made by Pekko, which finds it by its name. */
  static final class OnThisDisk extends SegmentedLeveldbJournal {
    @Override
    DiskReserve reserve(PersistenceSettings settings) {
      return new DiskReserve(List.of(DISK), settings.diskReserveBytes());
    }
  }

  @TempDir Path directory;
  private PersistenceSettings settings;
  private ActorSystem system;
  private TestKit probe;

  @BeforeEach
  void start() {
    DISK.usable = PLENTY;
    settings = JournalFixture.settings(directory);
    String plugin = "conclave.persistence.journal.class = \"" + OnThisDisk.class.getName() + "\"";
    system =
        ActorSystem.create(
            "conclave",
            ConfigFactory.parseString(plugin).withFallback(PersistenceKit.config(settings)));
    probe = new TestKit(system);
  }

  @AfterEach
  void stop() {
    TestKit.shutdownActorSystem(system, PATIENCE, true);
  }

  @Test
  void whatIsWrittenOnAFullDiskIsWrittenWhenThereIsRoom() {
    ActorRef writer = writer();
    persist(writer, 1);
    DISK.usable = 0;
    writer.tell(new EventWriter.Persist(100), probe.getRef());
    writer.tell(new EventWriter.PersistAll(2, 100), probe.getRef());
    probe.expectNoMessage(LONGER_THAN_A_RETRY);
    DISK.usable = PLENTY;
    for (long sequenceNr = 2; sequenceNr <= 4; sequenceNr++) {
      assertEquals(
          sequenceNr, probe.expectMsgClass(PATIENCE, EventWriter.Persisted.class).sequenceNr());
    }
  }

  @Test
  void segmentsAreDroppedWhileAWriteWaits() throws IOException {
    ActorRef writer = writer();
    for (int i = 0; i < 100; i++) {
      persist(writer, 2_000);
    }
    int before = DurableFiles.list(settings.journalDirectory()).size();
    DISK.usable = 0;
    writer.tell(new EventWriter.Persist(100), probe.getRef());
    writer.tell(new EventWriter.Delete(50), probe.getRef());
    probe.expectMsg(PATIENCE, "deleted");
    assertTrue(DurableFiles.list(settings.journalDirectory()).size() < before);
    DISK.usable = PLENTY;
    assertEquals(101, probe.expectMsgClass(PATIENCE, EventWriter.Persisted.class).sequenceNr());
  }

  @Test
  void aWriterThatStartsAgainNeverMeetsAWriteThatItHasNotRead() {
    ActorRef writer = writer();
    persist(writer, 100);
    DISK.usable = 0;
    writer.tell(new EventWriter.Persist(100), probe.getRef());
    system.stop(writer);
    probe.expectTerminated(writer);
    ActorRef again = system.actorOf(EventWriter.props(probe.getRef()));
    assertEquals(1, probe.expectMsgClass(PATIENCE, EventWriter.Recovered.class).events());
    probe.expectNoMessage(LONGER_THAN_A_RETRY);
    DISK.usable = PLENTY;
    again.tell(new EventWriter.Persist(100), probe.getRef());
    assertEquals(2, probe.expectMsgClass(PATIENCE, EventWriter.Persisted.class).sequenceNr());
    probe.expectNoMessage(LONGER_THAN_A_RETRY);
    again.tell(new EventWriter.Persist(100), probe.getRef());
    assertEquals(3, probe.expectMsgClass(PATIENCE, EventWriter.Persisted.class).sequenceNr());
  }

  @Test
  void stopsAtOnceAndLosesOnlyWhatWasNeverConfirmed() throws IOException {
    ActorRef writer = writer();
    persist(writer, 100);
    DISK.usable = 0;
    writer.tell(new EventWriter.Persist(100), probe.getRef());
    TestKit.shutdownActorSystem(system, STOP, true);
    assertEquals(1, JournalFileCheck.check(settings));
  }

  private ActorRef writer() {
    ActorRef writer = system.actorOf(EventWriter.props(probe.getRef()));
    probe.watch(writer);
    probe.expectMsgClass(PATIENCE, EventWriter.Recovered.class);
    return writer;
  }

  private void persist(ActorRef writer, int length) {
    writer.tell(new EventWriter.Persist(length), probe.getRef());
    probe.expectMsgClass(PATIENCE, EventWriter.Persisted.class);
  }
}
