package io.conclave.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.HistoryLimits;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.FirstEntry;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.ProposalTracker.Attached;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.Stamp;
import io.conclave.watch.WatchBacklog;
import io.conclave.watch.WatchFeed;
import io.conclave.watch.WatcherHub;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

final class KeySpaceActorTest {
  private final Published<KeySpace> published = new Published<>(KeySpace.initial(100));
  private final TestInbox<WatcherHub.Command> hub = TestInbox.create();
  private final WatchBacklog backlog = new WatchBacklog(1000);
  private final TestInbox<KeySpaceActor.Reply> member = TestInbox.create();
  private final List<String> told = new ArrayList<>();
  private final BehaviorTestKit<KeySpaceActor.Command> keySpace =
      start(KeySpace.initial(100), LogPosition.ORIGIN);
  private long index;

  @Test
  void aBatchIsPublishedOnceThenToldToTheHubThenAnswered() {
    apply(set("/a", "1"), set("/b", "2"), set("/a", "3"));
    assertEquals(3, published.get().index());
    assertEquals(3, backlog.events());
    assertEquals(1, hub.getAllReceived().size());
    assertEquals(List.of("1/1 index 1", "1/2 index 2", "1/3 index 3"), told);
    member.expectMessage(new KeySpaceActor.Applied(new LogPosition(1, 3)));
  }

  @Test
  void whoeverIsAnsweredFindsTheTreePublishedAndTheHubTold() {
    Proposer proposer =
        (outcome, position) -> {
          assertEquals(1, published.get().index());
          assertEquals(1, backlog.events());
          told.add("checked");
        };
    keySpace.run(
        new KeySpaceActor.Apply(
            List.of(new Attached<>(entry(set("/a", "1")), Optional.of(proposer))),
            member.getRef()));
    assertEquals(List.of("checked"), told);
  }

  @Test
  void aRefusalIsAnOutcomeAndNoEvent() {
    apply(
        new Payload.Command(
            CommandCodec.encode(new Command.Delete(KeyPath.of("/none"), false, false))));
    assertEquals(List.of("1/1 refused 100"), told);
    assertEquals(0, backlog.events());
    assertTrue(!hub.hasMessages());
  }

  @Test
  void entriesWithoutACommandMoveOnlyTheLog() {
    apply(new Payload.Empty());
    assertEquals(0, published.get().index());
    member.expectMessage(new KeySpaceActor.Applied(new LogPosition(1, 1)));
  }

  @Test
  void theFirstEntryAndChangesBecomeTheAppliedConfiguration() {
    Membership.Member one =
        new Membership.Member(new MemberId(1), "one", List.of("http://a:1"), false);
    Membership.Member two = new Membership.Member(new MemberId(2), "", List.of("http://b:1"), true);
    Membership first = Membership.of(List.of(one));
    Membership.Change add = new Membership.Change.Add(two);
    Payload bootstrap = FirstEntry.event(List.of(one)).entries().getFirst().payload();
    apply(bootstrap, new Payload.Reconfigure(first.after(add), add));
    assertEquals(2, published.get().members().size());
    assertEquals(2, published.get().index());
  }

  @Test
  void watchersAreToldTheEventsOfAnInstalledTreeThatTheyMissed() {
    apply(set("/a", "1"));
    hub.getAllReceived();
    KeySpace further = published.get();
    for (int i = 2; i <= 9; i++) {
      further = further.apply(command("/a", "" + i), Stamp.ZERO).after();
    }
    install(further, 20);
    assertSame(further, published.get());
    assertEquals(9, backlog.events(), "the first and the eight missed");
    assertEquals(new KeySpaceActor.Applied(new LogPosition(1, 20)), last(member));
    index = 20;
    apply(set("/a", "10"));
    assertEquals(10, published.get().index());
  }

  @Test
  void watchesEndIfAnInstalledTreeHasForgottenWhatTheyMissed() {
    apply(set("/a", "1"));
    hub.getAllReceived();
    KeySpace further = published.get().withHistory(HistoryLimits.ofEvents(3));
    for (int i = 2; i <= 9; i++) {
      further = further.apply(command("/a", "" + i), Stamp.ZERO).after();
    }
    install(further, 20);
    assertEquals(1, hub.getAllReceived().size());
    assertEquals(1, backlog.events(), "nothing was sent but that all is over");
  }

  @Test
  void aSnapshotNeverTakesTheTreeBack() {
    apply(set("/a", "1"), set("/a", "2"));
    KeySpace older = published.get();
    assertThrows(IllegalStateException.class, () -> install(older, 2));
  }

  private void install(KeySpace tree, long at) {
    keySpace.run(new KeySpaceActor.Replace(tree, new LogPosition(1, at), member.getRef()));
  }

  private static KeySpaceActor.Reply last(TestInbox<KeySpaceActor.Reply> inbox) {
    return inbox.getAllReceived().getLast();
  }

  private static Command command(String key, String value) {
    return new Command.Set(KeyPath.of(key), Bytes.utf8(value), false, Ttl.PERMANENT, false);
  }

  @Test
  void theRootIsTheTreeThatHasAppliedExactlyThatFar() {
    apply(set("/a", "1"));
    member.getAllReceived();
    keySpace.run(new KeySpaceActor.TakeRoot(member.getRef()));
    KeySpaceActor.Root root = assertInstanceOf(KeySpaceActor.Root.class, member.receiveMessage());
    assertEquals(new LogPosition(1, 1), root.position());
    assertSame(published.get(), root.tree());
    apply(set("/a", "2"));
    assertEquals(1, root.tree().index());
  }

  @Test
  void aRestartFromAnOlderTreeShowsNothingOlder() {
    KeySpace old = published.get();
    apply(set("/a", "1"), set("/a", "2"));
    KeySpace newest = published.get();
    BehaviorTestKit<KeySpaceActor.Command> again = start(old, LogPosition.ORIGIN);
    assertSame(newest, published.get());
    index = 0;
    again.run(new KeySpaceActor.Apply(List.of(attached(set("/a", "1"))), member.getRef()));
    assertSame(newest, published.get());
    again.run(new KeySpaceActor.Apply(List.of(attached(set("/a", "2"))), member.getRef()));
    again.run(new KeySpaceActor.Apply(List.of(attached(set("/a", "3"))), member.getRef()));
    assertEquals(3, published.get().index());
  }

  @Test
  void aGapInTheLogIsABug() {
    index = 1;
    assertThrows(IllegalStateException.class, () -> apply(set("/a", "1")));
    assertEquals(0, published.get().index());
  }

  @Test
  void aCommandThatCannotBeReadIsNotSkipped() {
    assertThrows(MalformedData.class, () -> apply(new Payload.Command(Bytes.utf8("no command"))));
    assertEquals(List.of(), told);
  }

  private BehaviorTestKit<KeySpaceActor.Command> start(KeySpace tree, LogPosition applied) {
    return BehaviorTestKit.create(
        KeySpaceActor.create(tree, applied, published, new WatchFeed(hub.getRef(), backlog)));
  }

  private void apply(Payload... payloads) {
    List<Attached<Proposer>> entries = new ArrayList<>();
    for (Payload payload : payloads) {
      entries.add(attached(payload));
    }
    keySpace.run(new KeySpaceActor.Apply(entries, member.getRef()));
  }

  private Attached<Proposer> attached(Payload payload) {
    return new Attached<>(entry(payload), Optional.of(this::remember));
  }

  private LogEntry entry(Payload payload) {
    return new LogEntry(new LogPosition(1, ++index), RequestId.NONE, new Stamp(index, 0), payload);
  }

  private void remember(Outcome outcome, LogPosition position) {
    String what =
        switch (outcome) {
          case Outcome.Changed(var event) -> "index " + event.index();
          case Outcome.Refused(var error) -> "refused " + error.code().number();
          case Outcome.Done(long at) -> "done " + at;
        };
    told.add(position + " " + what);
  }

  private static Payload set(String key, String value) {
    return new Payload.Command(
        CommandCodec.encode(
            new Command.Set(KeyPath.of(key), Bytes.utf8(value), false, Ttl.PERMANENT, false)));
  }
}
