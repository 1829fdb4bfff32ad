package io.conclave.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.keyspace.CommandCodec;
import io.conclave.keyspace.KeySpaceActor;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.MemberCommand.ChangeReply;
import io.conclave.raft.MemberCommand.ReadReply;
import io.conclave.raft.core.FirstEntry;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RecoveredState;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.Incarnation;
import io.conclave.raft.peer.PeerDirectory;
import io.conclave.raft.peer.PeerIdentity;
import io.conclave.raft.peer.PeerRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A member that is alone, and whose journal is the test: what it wants on disk comes to a probe and
 * is durable when the test says so.
 */
final class MemberRig {
  final AtomicBoolean diskHasSpace = new AtomicBoolean(true);
  final SingleMember single;
  final TestProbe<Journal.Command> journal;
  final ActorRef<RaftMember.Command> member;
  private final ActorTestKit kit;

  private MemberRig(ActorTestKit kit, String overrides) {
    this.kit = kit;
    single = new SingleMember(kit, overrides);
    journal = kit.createTestProbe();
    JournalEvent.Appended first =
        FirstEntry.event(SingleMember.NotedFounding.INITIAL.members().values());
    RecoveredState founded =
        new RecoveredState(first.hardState(), Optional.empty(), first.before(), first.entries(), 0);
    ActorRef<KeySpaceActor.Command> keySpace =
        kit.spawn(
            KeySpaceActor.create(
                KeySpace.initial(1000), LogPosition.ORIGIN, single.published.tree(), single.feed));
    member = kit.spawn(RaftMember.create(single.setup, founded, around(keySpace))).narrow();
  }

  /**
   * @param overrides of {@code reference.conf}
   */
  static MemberRig start(ActorTestKit kit, String overrides) {
    return new MemberRig(kit, overrides);
  }

  private Surroundings around(ActorRef<KeySpaceActor.Command> keySpace) {
    AtomicLong durableSeq = new AtomicLong();
    var self = new PeerIdentity.Self(7, SingleMember.SELF, new Incarnation(1, 1), new Boot(1, 7));
    return new Surroundings(
        journal.getRef(),
        diskHasSpace::get,
        durableSeq,
        keySpace,
        new MemorySnapshots(),
        Runnable::run,
        new PeerDirectory(self, durableSeq::get),
        kit.<PeerRegistry.Command>createTestProbe().getRef(),
        FirstEntry.hash(SingleMember.NotedFounding.INITIAL),
        () -> {});
  }

  /** Confirms what comes until it serves. */
  void confirmUntilReady() {
    while (!single.published.view().get().ready()) {
      List<Journal.Append> appends = appendsWithin(Duration.ofMillis(20));
      appends.forEach(this::confirm);
    }
  }

  /** Reads the journal's mailbox until it stays empty for so long. */
  List<Journal.Append> appendsWithin(Duration quiet) {
    List<Journal.Append> appends = new ArrayList<>();
    long end = System.nanoTime() + quiet.toNanos();
    for (long left = quiet.toNanos(); left > 0; left = end - System.nanoTime()) {
      try {
        if (journal.receiveMessage(Duration.ofNanos(left)) instanceof Journal.Append append) {
          appends.add(append);
        }
      } catch (AssertionError nothingCame) {
        return appends;
      }
    }
    return appends;
  }

  Journal.Append nextAppend() {
    while (true) {
      if (journal.receiveMessage() instanceof Journal.Append append) {
        return append;
      }
    }
  }

  void confirm(Journal.Append append) {
    append.replyTo().tell(new Journal.Appended(append.ticket(), append.ticket()));
  }

  TestProbe<ReadReply> read() {
    TestProbe<ReadReply> reply = kit.createTestProbe();
    assertEquals(
        Optional.empty(),
        single.access.readIndex(
            single.clock.nanos() + SingleMember.PATIENCE.toNanos(), reply.getRef()));
    return reply;
  }

  TestProbe<ChangeReply> change(Membership.Change change) {
    TestProbe<ChangeReply> reply = kit.createTestProbe();
    long deadline = single.clock.nanos() + SingleMember.PATIENCE.toNanos();
    assertEquals(
        Optional.empty(), single.access.changeMembership(change, deadline, reply.getRef()));
    return reply;
  }

  static List<LogEntry> entries(Journal.Append append) {
    return ((JournalEvent.Appended) append.event()).entries();
  }

  static Command command(LogEntry entry) {
    return CommandCodec.decode(((LogEntry.Payload.Command) entry.payload()).bytes());
  }
}
