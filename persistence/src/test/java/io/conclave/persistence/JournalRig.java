package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Ttl;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The journal actor on real files, with this test in place of its member. */
abstract class JournalRig {
  static final MemberId SELF = new MemberId(7);

  record Exit(ExitCode code, String reason) {}

  @TempDir Path directory;
  final BlockingQueue<Exit> exits = new LinkedBlockingQueue<>();
  PersistenceSettings settings;
  ActorSystem system;
  TestProbe<Journal.Reply> member;
  ActorRef journal;
  long ticket;

  Journal.Recovered start() {
    launch();
    return member.expectMessageClass(Journal.Recovered.class);
  }

  void launch() {
    launch(JournalFixture.settings(directory));
  }

  void launch(PersistenceSettings chosen) {
    settings = chosen;
    system = PersistenceKit.system(settings);
    member = probe(Journal.Reply.class);
    Props props =
        RaftJournal.factory(settings)
            .create(member.ref(), (code, reason) -> exits.add(new Exit(code, reason)));
    journal = system.actorOf(props, "journal");
  }

  <T> TestProbe<T> probe(Class<T> messages) {
    return TestProbe.create(messages, Adapter.toTyped(system));
  }

  @AfterEach
  void stop() {
    if (system != null) {
      TestKit.shutdownActorSystem(system, Duration.ofSeconds(20), true);
      system = null;
    }
  }

  Journal.Recovered restart() {
    stop();
    return start();
  }

  void tell(Journal.Command command) {
    journal.tell(command, ActorRef.noSender());
  }

  long append(JournalEvent event) {
    tell(new Journal.Append(++ticket, event, member.ref()));
    Journal.Appended appended = member.expectMessageClass(Journal.Appended.class);
    assertEquals(ticket, appended.ticket());
    return appended.durableSeq();
  }

  static HardState hardState(long term, long commit) {
    return new HardState(term, SELF, commit);
  }

  static LogEntry entry(long term, long index, int bytes) {
    return new LogEntry(
        new LogPosition(term, index),
        new RequestId(SELF, 1, index),
        new Stamp(index, 0),
        new LogEntry.Payload.Command(Bytes.adopt(JournalFixture.payload(index, bytes))));
  }

  /** Appends entries {@code from} to {@code to} of {@code term} behind an entry of that term. */
  long appendEntries(long term, LogPosition before, long to, int bytes) {
    List<LogEntry> entries = new ArrayList<>();
    for (long index = before.index() + 1; index <= to; index++) {
      entries.add(entry(term, index, bytes));
    }
    return append(new JournalEvent.Appended(hardState(term, before.index()), before, entries));
  }

  void appendOneByOne(long from, long to, int bytes) {
    for (long index = from; index <= to; index++) {
      appendEntries(
          1, index == 1 ? LogPosition.ORIGIN : new LogPosition(1, index - 1), index, bytes);
    }
  }

  static KeySpace tree(long index) {
    var set =
        new Command.Set(
            KeyPath.of("/at"), Bytes.utf8(Long.toString(index)), false, Ttl.PERMANENT, false);
    return KeySpace.initial(100).apply(set, Stamp.ZERO).after();
  }

  static SnapshotMeta meta(LogPosition position) {
    SnapshotMeta any = SnapshotFixture.meta(1);
    return new SnapshotMeta(position, any.membership(), any.bootstrapHash(), any.stamp());
  }

  void save(LogPosition position, long firstKept, boolean installed) {
    tell(
        new Journal.SaveSnapshot(
            meta(position),
            tree(position.index()),
            hardState(position.term(), position.index()),
            firstKept,
            installed,
            member.ref()));
  }

  void saved(LogPosition position, long firstKept, boolean installed) {
    save(position, firstKept, installed);
    Journal.SnapshotSaved saved = member.expectMessageClass(Journal.SnapshotSaved.class);
    assertEquals(position, saved.position());
    assertTrue(saved.sizeBytes() > 100);
  }

  Exit exit() throws InterruptedException {
    Exit exit = exits.poll(20, TimeUnit.SECONDS);
    assertTrue(exit != null, "the process was not ended");
    return exit;
  }
}
