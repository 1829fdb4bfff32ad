package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.metrics.Histogram;
import io.conclave.raft.Journal;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The journal actor on real files: what it says when it starts again is what it was told. */
final class RaftJournalTest extends JournalRig {
  @Test
  void freshJournalHoldsNothing() {
    Journal.Recovered recovered = start();
    assertEquals(HardState.INITIAL, recovered.hardState());
    assertEquals(Optional.empty(), recovered.snapshot());
    assertEquals(List.of(), recovered.entries());
    assertEquals(0, recovered.durableSeq());
  }

  @Test
  void everythingAppendedIsRecovered() {
    start();
    assertEquals(1, appendEntries(1, LogPosition.ORIGIN, 3, 100));
    assertEquals(2, appendEntries(1, new LogPosition(1, 3), 5, 100));
    assertEquals(3, append(new JournalEvent.HardStateSaved(hardState(2, 4))));
    Journal.Recovered recovered = restart();
    assertEquals(hardState(2, 4), recovered.hardState());
    assertEquals(LogPosition.ORIGIN, recovered.before());
    assertEquals(5, recovered.entries().size());
    assertEquals(entry(1, 4, 100), recovered.entries().get(3));
    assertEquals(3, recovered.durableSeq());
  }

  @Test
  void whatIsWrittenIsCounted() {
    start();
    appendEntries(1, LogPosition.ORIGIN, 3, 1000);
    append(new JournalEvent.HardStateSaved(hardState(2, 3)));
    saved(new LogPosition(1, 3), 4, false);
    StorageStats stats = StorageStats.of(system);
    assertEquals(2, count(stats.appends()));
    assertEquals(1, count(stats.snapshots()));
    assertTrue(stats.appendedBytes() > 3000 && stats.appendedBytes() < 4000);
    assertEquals(3, stats.lastIndex());
    restart();
    assertEquals(3, StorageStats.of(system).lastIndex());
  }

  private static long count(Histogram histogram) {
    return IntStream.range(0, histogram.buckets()).mapToLong(histogram::countOf).sum();
  }

  @Test
  void laterAppendReplacesAConflictingTail() {
    start();
    appendEntries(1, LogPosition.ORIGIN, 5, 10);
    appendEntries(2, new LogPosition(1, 3), 4, 10);
    Journal.Recovered recovered = restart();
    assertEquals(4, recovered.entries().size());
    assertEquals(new LogPosition(2, 4), recovered.entries().getLast().position());
  }

  @Test
  void noteRaisesCommitAndClusterTime() {
    start();
    appendEntries(1, LogPosition.ORIGIN, 5, 10);
    tell(new Journal.Note(4, 77_000));
    tell(new Journal.Note(3, 5));
    append(new JournalEvent.HardStateSaved(hardState(1, 0)));
    Journal.Recovered recovered = restart();
    assertEquals(4, recovered.hardState().commit());
    assertEquals(77_000, recovered.clusterTime());
  }

  @Test
  void snapshotKeepsTheTailThatFollowersNeed() {
    start();
    appendOneByOne(1, 20, 50);
    saved(new LogPosition(1, 15), 11, false);
    appendOneByOne(21, 22, 50);
    Journal.Recovered recovered = restart();
    Journal.Snapshot snapshot = recovered.snapshot().orElseThrow();
    assertEquals(meta(new LogPosition(1, 15)), snapshot.meta());
    assertEquals(tree(15), snapshot.root());
    assertEquals(new LogPosition(1, 10), recovered.before());
    assertEquals(12, recovered.entries().size());
    assertEquals(22, recovered.durableSeq());
  }

  @Test
  void appendsGoOnWhileASnapshotIsWritten() {
    start();
    appendOneByOne(1, 3, 50);
    save(new LogPosition(1, 3), 4, false);
    save(new LogPosition(1, 3), 4, false);
    assertEquals(
        "another snapshot is being written",
        member.expectMessageClass(Journal.SnapshotFailed.class).reason());
    member.expectMessageClass(Journal.SnapshotSaved.class);
    appendOneByOne(4, 5, 50);
  }

  @Test
  void segmentsGoOnceTheSecondSnapshotIsVerified() throws IOException {
    start();
    appendOneByOne(1, 60, 5_000);
    saved(new LogPosition(1, 50), 41, false);
    assertEquals(1, firstEvent());
    appendOneByOne(61, 90, 5_000);
    saved(new LogPosition(1, 80), 71, false);
    long first = member.awaitAssert(() -> firstEventAfter(1));
    assertTrue(first <= 41, "first is " + first);
    Journal.Recovered recovered = restart();
    assertEquals(80, recovered.snapshot().orElseThrow().meta().position().index());
    assertEquals(new LogPosition(1, 70), recovered.before());
    assertEquals(20, recovered.entries().size());
  }

  private long firstEventAfter(long sequenceNr) throws IOException {
    long first = firstEvent();
    assertTrue(first > sequenceNr, "first is " + first);
    return first;
  }

  private long firstEvent() throws IOException {
    return JournalFileCheck.read(settings.journalDirectory(), SegmentReader.EventVisitor.NONE)
        .first();
  }

  @Test
  void damagedNewestSnapshotIsReplacedByTheOlderOne() throws IOException {
    start();
    appendOneByOne(1, 60, 5_000);
    saved(new LogPosition(1, 50), 41, false);
    appendOneByOne(61, 90, 5_000);
    saved(new LogPosition(1, 80), 71, false);
    stop();
    Path newest = DurableFiles.list(settings.snapshotDirectory()).getLast();
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 4;
    Files.write(newest, bytes);
    Journal.Recovered recovered = start();
    assertEquals(50, recovered.snapshot().orElseThrow().meta().position().index());
    assertEquals(90, recovered.entries().getLast().index());
  }

  @Test
  void onlyTheOwnerMayReadTheFiles() throws IOException {
    start();
    appendOneByOne(1, 60, 5_000);
    saved(new LogPosition(1, 50), 41, false);
    stop();
    assertTrue(Files.exists(settings.witnessFile()));
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(any -> !any.startsWith(settings.libraryDirectory())).toList()) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        assertEquals(Files.isDirectory(file) ? "rwx------" : "rw-------", mode, file.toString());
      }
    }
  }

  @Test
  void installedSnapshotStartsTheLogBehindIt() {
    start();
    appendOneByOne(1, 5, 50);
    saved(new LogPosition(4, 1_000), 1_001, true);
    append(
        new JournalEvent.Appended(
            hardState(4, 1_000), new LogPosition(4, 1_000), List.of(entry(4, 1_001, 10))));
    Journal.Recovered recovered = restart();
    assertEquals(tree(1_000), recovered.snapshot().orElseThrow().root());
    assertEquals(new LogPosition(4, 1_000), recovered.before());
    assertEquals(1, recovered.entries().size());
    assertEquals(hardState(4, 1_000), recovered.hardState());
  }
}
