package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.metrics.Histogram;
import io.conclave.raft.ExitCode;
import io.conclave.raft.Journal;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.core.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal actor on real files: what it says when it starts again is what it was told. */
final class RaftJournalTest {
  private static final MemberId SELF = new MemberId(7);

  private record Exit(ExitCode code, String reason) {}

  @TempDir Path directory;
  private final BlockingQueue<Exit> exits = new LinkedBlockingQueue<>();
  private PersistenceSettings settings;
  private ActorSystem system;
  private TestProbe<Journal.Reply> member;
  private ActorRef journal;
  private long ticket;

  private Journal.Recovered start() {
    launch();
    return member.expectMessageClass(Journal.Recovered.class);
  }

  private void launch() {
    launch(JournalFixture.settings(directory));
  }

  private void launch(PersistenceSettings chosen) {
    settings = chosen;
    system = PersistenceKit.system(settings);
    member = probe(Journal.Reply.class);
    Props props =
        RaftJournal.factory(settings)
            .create(member.ref(), (code, reason) -> exits.add(new Exit(code, reason)));
    journal = system.actorOf(props, "journal");
  }

  private <T> TestProbe<T> probe(Class<T> messages) {
    return TestProbe.create(messages, Adapter.toTyped(system));
  }

  @AfterEach
  void stop() {
    if (system != null) {
      TestKit.shutdownActorSystem(system, Duration.ofSeconds(20), true);
      system = null;
    }
  }

  private Journal.Recovered restart() {
    stop();
    return start();
  }

  private void tell(Journal.Command command) {
    journal.tell(command, ActorRef.noSender());
  }

  private long append(JournalEvent event) {
    tell(new Journal.Append(++ticket, event, member.ref()));
    Journal.Appended appended = member.expectMessageClass(Journal.Appended.class);
    assertEquals(ticket, appended.ticket());
    return appended.durableSeq();
  }

  private static HardState hardState(long term, long commit) {
    return new HardState(term, SELF, commit);
  }

  private static LogEntry entry(long term, long index, int bytes) {
    return new LogEntry(
        new LogPosition(term, index),
        new RequestId(SELF, 1, index),
        new Stamp(index, 0),
        new LogEntry.Payload.Command(Bytes.adopt(JournalFixture.payload(index, bytes))));
  }

  /** Appends entries {@code from} to {@code to} of {@code term} behind an entry of that term. */
  private long appendEntries(long term, LogPosition before, long to, int bytes) {
    List<LogEntry> entries = new ArrayList<>();
    for (long index = before.index() + 1; index <= to; index++) {
      entries.add(entry(term, index, bytes));
    }
    return append(new JournalEvent.Appended(hardState(term, before.index()), before, entries));
  }

  private void appendOneByOne(long from, long to, int bytes) {
    for (long index = from; index <= to; index++) {
      appendEntries(
          1, index == 1 ? LogPosition.ORIGIN : new LogPosition(1, index - 1), index, bytes);
    }
  }

  private static KeySpace tree(long index) {
    var set =
        new Command.Set(
            KeyPath.of("/at"), Bytes.utf8(Long.toString(index)), false, Ttl.PERMANENT, false);
    return KeySpace.initial(100).apply(set, Stamp.ZERO).after();
  }

  private static SnapshotMeta meta(LogPosition position) {
    SnapshotMeta any = SnapshotFixture.meta(1);
    return new SnapshotMeta(position, any.membership(), any.bootstrapHash(), any.stamp());
  }

  private void save(LogPosition position, long firstKept, boolean installed) {
    tell(
        new Journal.SaveSnapshot(
            meta(position),
            tree(position.index()),
            hardState(position.term(), position.index()),
            firstKept,
            installed,
            member.ref()));
  }

  private void saved(LogPosition position, long firstKept, boolean installed) {
    save(position, firstKept, installed);
    Journal.SnapshotSaved saved = member.expectMessageClass(Journal.SnapshotSaved.class);
    assertEquals(position, saved.position());
    assertTrue(saved.sizeBytes() > 100);
  }

  private Exit exit() throws InterruptedException {
    Exit exit = exits.poll(20, TimeUnit.SECONDS);
    assertTrue(exit != null, "the process was not ended");
    return exit;
  }

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
