package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.ExitCode;
import io.conclave.raft.Journal;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.Test;

/** When the journal actor gives up, and with which exit code. */
final class RaftJournalExitTest extends JournalRig {
  @Test
  void commitBehindTheLogIsDamageAndStaysNoted() throws Exception {
    start();
    appendEntries(1, LogPosition.ORIGIN, 5, 10);
    stop();
    WitnessNote note = new WitnessNote(1, 9, 0);
    note.write(settings.witnessFile());
    launch();
    Exit exit = exit();
    assertEquals(ExitCode.DAMAGED_DATA, exit.code());
    assertTrue(exit.reason().contains("commit is 9, the log ends at 5"), exit.reason());
    member.expectNoMessage(Duration.ofMillis(100));
    stop();
    assertEquals(Optional.of(note), WitnessNote.read(settings.witnessFile()));
  }

  @Test
  void missingJournalBehindASnapshotIsDamage() throws Exception {
    start();
    appendOneByOne(1, 5, 10);
    saved(new LogPosition(1, 5), 6, false);
    stop();
    DurableFiles.deleteTree(settings.journalDirectory());
    Files.delete(settings.witnessFile());
    launch();
    Exit exit = exit();
    assertEquals(ExitCode.DAMAGED_DATA, exit.code());
    assertTrue(exit.reason().contains("a snapshot covers events up to 5"), exit.reason());
  }

  @Test
  void refusesToStartWhenTheDiskIsNearlyFull() throws Exception {
    PersistenceSettings usual = JournalFixture.settings(directory);
    launch(
        new PersistenceSettings(
            usual.directory(),
            usual.journalDirectory(),
            usual.engine(),
            usual.segmentBytes(),
            usual.requestBytesMax(),
            usual.sealAfter(),
            usual.witnessInterval(),
            Long.MAX_VALUE,
            usual.maxSnapshots()));
    Exit exit = exit();
    assertEquals(ExitCode.START_REFUSED, exit.code());
    assertTrue(exit.reason().contains("No space"), exit.reason());
    member.expectNoMessage(Duration.ofMillis(100));
  }

  @Test
  void failedWriteEndsTheProcess() throws Exception {
    start();
    LogEntry large = entry(1, 1, 40 << 20);
    tell(
        new Journal.Append(
            1,
            new JournalEvent.Appended(hardState(1, 0), LogPosition.ORIGIN, List.of(large)),
            member.ref()));
    assertEquals(ExitCode.JOURNAL_FAILED, exit().code());
    member.expectNoMessage(Duration.ofMillis(100));
  }

  @Test
  void stopsAtAnyExceptionAndWritesNothingThatItWouldRefuse() {
    start();
    appendEntries(1, LogPosition.ORIGIN, 5, 10);
    var watcher = probe(Object.class);
    tell(
        new Journal.Append(
            1,
            new JournalEvent.Appended(
                hardState(1, 0), new LogPosition(1, 41), List.of(entry(1, 42, 1))),
            member.ref()));
    watcher.expectTerminated(Adapter.toTyped(journal));
    assertTrue(exits.isEmpty());
    assertEquals(5, restart().entries().size());
  }
}
