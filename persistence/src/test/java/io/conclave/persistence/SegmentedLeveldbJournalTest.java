package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin as Pekko Persistence uses it. */
final class SegmentedLeveldbJournalTest {
  @TempDir Path directory;
  private PersistenceSettings settings;
  private ActorSystem system;
  private TestKit probe;

  private void start() {
    settings = JournalFixture.settings(directory);
    system = PersistenceKit.system(settings);
    probe = new TestKit(system);
  }

  @AfterEach
  void stop() {
    if (system != null) {
      TestKit.shutdownActorSystem(system, Duration.ofSeconds(20), true);
      system = null;
    }
  }

  private ActorRef writer() {
    ActorRef writer = system.actorOf(EventWriter.props(probe.getRef()));
    probe.watch(writer);
    return writer;
  }

  private EventWriter.Recovered recovered() {
    return probe.expectMsgClass(Duration.ofSeconds(20), EventWriter.Recovered.class);
  }

  private void persist(ActorRef writer, int events, int length) {
    long first = 0;
    for (int i = 0; i < events; i++) {
      writer.tell(new EventWriter.Persist(length), probe.getRef());
      long written = probe.expectMsgClass(EventWriter.Persisted.class).sequenceNr();
      first = first == 0 ? written : first;
      assertEquals(first + i, written);
    }
  }

  @Test
  void eventsSurviveARestartOfTheActorAndOfTheSystem() {
    start();
    ActorRef writer = writer();
    assertEquals(0, recovered().events());
    persist(writer, 90, 2_000);
    system.stop(writer);
    probe.expectTerminated(writer);
    ActorRef again = writer();
    assertEquals(90, recovered().events());
    persist(again, 3, 200);
    stop();
    start();
    writer();
    assertEquals(93, recovered().events());
  }

  @Test
  void persistedTogetherIsOneWrite() {
    start();
    ActorRef writer = writer();
    recovered();
    writer.tell(new EventWriter.PersistAll(50, 100), probe.getRef());
    for (int i = 1; i <= 50; i++) {
      assertEquals(i, probe.expectMsgClass(EventWriter.Persisted.class).sequenceNr());
    }
    stop();
    start();
    writer();
    assertEquals(50, recovered().events());
  }

  @Test
  void deletingDropsWholeSegmentsAndKeepsTheHighestSequenceNumber() throws IOException {
    start();
    ActorRef writer = writer();
    recovered();
    persist(writer, 100, 2_000);
    int before = DurableFiles.list(settings.journalDirectory()).size();
    writer.tell(new EventWriter.Delete(50), probe.getRef());
    probe.expectMsg(Duration.ofSeconds(20), "deleted");
    int after = DurableFiles.list(settings.journalDirectory()).size();
    assertTrue(after < before && after > 2, before + " segments before, " + after + " after");
    JournalFiles files =
        JournalFileCheck.read(settings.journalDirectory(), SegmentReader.EventVisitor.NONE);
    assertTrue(files.first() > 1 && files.first() <= 51, "first is " + files.first());
    writer.tell(new EventWriter.Delete(100), probe.getRef());
    probe.expectMsg(Duration.ofSeconds(20), "deleted");
    stop();
    assertEquals(100, JournalFileCheck.check(settings));
  }

  @Test
  void replayFromBehindADroppedSegmentFails() {
    start();
    ActorRef writer = writer();
    recovered();
    persist(writer, 100, 2_000);
    writer.tell(new EventWriter.Delete(50), probe.getRef());
    probe.expectMsg(Duration.ofSeconds(20), "deleted");
    system.stop(writer);
    probe.expectTerminated(writer);
    ActorRef again = writer();
    Throwable cause = probe.expectMsgClass(EventWriter.NotRecovered.class).cause();
    assertEquals(DamagedData.class, cause.getClass());
    probe.expectTerminated(again);
  }

  @Test
  void tooLongWriteFailsInsteadOfBeingRejected() {
    start();
    ActorRef writer = writer();
    recovered();
    persist(writer, 1, 10);
    writer.tell(new EventWriter.Persist(33 << 20), probe.getRef());
    Throwable cause =
        probe.expectMsgClass(Duration.ofSeconds(20), EventWriter.Failed.class).cause();
    assertTrue(cause.getMessage().contains("more than"), cause.getMessage());
    probe.expectTerminated(writer);
    ActorRef again = writer();
    Throwable refused = probe.expectMsgClass(EventWriter.NotRecovered.class).cause();
    assertTrue(refused.getMessage().contains("failed before"), refused.getMessage());
    probe.expectTerminated(again);
  }

  @Test
  void damagedJournalFailsRecoveryAtOnceAndWithItsText() throws IOException {
    JournalImage image = JournalImage.make(directory.resolve("damaged"));
    image.flip(2, 30_000);
    DurableFiles.deleteTree(directory.resolve("journal"));
    JournalFixture.copy(image.settings.journalDirectory(), directory.resolve("journal"));
    start();
    writer();
    Throwable cause = probe.expectMsgClass(EventWriter.NotRecovered.class).cause();
    assertTrue(cause.getMessage().startsWith("The journal is damaged: "), cause.getMessage());
  }

  @Test
  void idleJournalIsSealedSoThatDamageShows() throws IOException {
    start();
    ActorRef writer = writer();
    recovered();
    persist(writer, 5, 100);
    Path log = JournalFixture.log(settings, 1);
    byte[] unsealed = Files.readAllBytes(log);
    probe.awaitCond(Duration.ofSeconds(20), () -> Arrays.mismatch(unsealed, read(log)) >= 0);
    persist(writer, 1, 100);
    stop();
    assertEquals(6, JournalFileCheck.check(settings));
  }

  @Test
  void otherActorsAreRefused() {
    start();
    ActorRef other = system.actorOf(EventWriter.props(probe.getRef(), "other"));
    probe.watch(other);
    Throwable cause = probe.expectMsgClass(EventWriter.NotRecovered.class).cause();
    assertTrue(cause.getMessage().contains("not other"), cause.getMessage());
    assertFalse(cause instanceof DamagedData);
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
