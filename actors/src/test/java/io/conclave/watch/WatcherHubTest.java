package io.conclave.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.Published;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.LiveEvent;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.keyspace.tree.V2Error;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Stamp;
import io.conclave.watch.WatchRequest.Reply;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.PostStop;
import org.junit.jupiter.api.Test;

final class WatcherHubTest {
  private static final int HISTORY_MAX = 10;
  private static final int WATCHERS_MAX = 3;
  private static final int BACKLOG_MAX = 4;

  private final Published<KeySpace> tree = new Published<>(KeySpace.initial(HISTORY_MAX));
  private final Published<WatchStats> stats = new Published<>(WatchStats.NONE);
  private final WatchBacklog backlog = new WatchBacklog(BACKLOG_MAX);
  private final BehaviorTestKit<WatcherHub.Command> hub =
      BehaviorTestKit.create(
          WatcherHub.create(
              new WatchSettings(WATCHERS_MAX, BACKLOG_MAX), tree::get, stats::set, backlog));
  private final WatchFeed feed = new WatchFeed(hub.getRef(), backlog);

  @Test
  void aLongPollEndsWithItsFirstEvent() {
    RecordingSink sink = new RecordingSink(10);
    assertEquals(new Reply.Watching(0), subscribe(sink, "/a", false, false, 0));
    set("/b");
    set("/a");
    set("/a");
    assertEquals(List.of("set /a"), sink.heard());
    assertTrue(sink.completed());
    assertEquals(0, stats.get().watchers());
  }

  @Test
  void aStreamGoesOn() {
    RecordingSink sink = new RecordingSink(10);
    subscribe(sink, "/", true, true, 0);
    set("/a");
    set("/_hidden/b");
    set("/b/c");
    assertEquals(List.of("set /a", "set /b/c"), sink.heard());
    assertFalse(sink.completed());
    assertEquals(1, stats.get().watchers());
  }

  @Test
  void aStreamFromThePastHearsAllOfItHoweverSmallItsQueue() {
    set("/a");
    set("/b");
    set("/c");
    RecordingSink sink = new RecordingSink(1);
    subscribe(sink, "/", true, true, 1);
    assertEquals(List.of("set /a", "set /b", "set /c"), sink.heard());
    assertFalse(sink.completed());
  }

  @Test
  void aStreamOnTheRemovedNodeItselfHearsOfItOnce() {
    RecordingSink sink = new RecordingSink(10);
    subscribe(sink, "/a", true, true, 0);
    set("/a/b");
    apply(new Command.Delete(KeyPath.of("/a"), true, true));
    assertEquals(List.of("set /a/b", "delete /a"), sink.heard());
  }

  @Test
  void theRemovalOfADirectoryConcernsOnlyWhatExistedBelowIt() {
    set("/a/b");
    RecordingSink present = new RecordingSink(10);
    RecordingSink absent = new RecordingSink(10);
    subscribe(present, "/a/b", false, false, 0);
    subscribe(absent, "/a/c", false, false, 0);
    apply(new Command.Delete(KeyPath.of("/a"), true, true));
    assertEquals(List.of("delete /a"), present.heard());
    assertEquals(List.of(), absent.heard());
  }

  @Test
  void aPastIndexIsServedFromTheHistoryAndNeverCounted() {
    set("/a");
    set("/b");
    RecordingSink sink = new RecordingSink(10);
    assertEquals(new Reply.Watching(2), subscribe(sink, "/", true, false, 1));
    assertEquals(List.of(1L), sink.indexes());
    assertTrue(sink.completed());
    assertEquals(WatchStats.NONE, stats.get());
  }

  @Test
  void aStreamFromThePastGetsAllOfItAndThenLiveEventsOnce() {
    set("/a");
    set("/x");
    set("/a");
    RecordingSink sink = new RecordingSink(10);
    subscribe(sink, "/a", false, true, 1);
    set("/a");
    assertEquals(List.of(1L, 3L, 4L), sink.indexes());
  }

  @Test
  void aFutureIndexLetsEarlierEventsPass() {
    RecordingSink sink = new RecordingSink(10);
    subscribe(sink, "/a", false, true, 3);
    set("/a");
    set("/a");
    set("/a");
    assertEquals(List.of(3L), sink.indexes());
  }

  @Test
  void anIndexBeyondTheSignedRangeIsTheFuture() {
    set("/a");
    RecordingSink sink = new RecordingSink(10);
    assertEquals(new Reply.Watching(1), subscribe(sink, "/a", false, false, -1));
    set("/a");
    assertEquals(List.of(), sink.heard());
    assertEquals(1, stats.get().watchers());
  }

  @Test
  void anIndexThatTheHistoryHasForgottenIsRefused() {
    for (int i = 0; i < HISTORY_MAX + 5; i++) {
      set("/a");
    }
    RecordingSink sink = new RecordingSink(10);
    V2Error error =
        V2Error.of(
            V2Error.Code.EVENT_INDEX_CLEARED, "the requested history has been cleared [6/5]", 15);
    assertEquals(new Reply.Refused(error), subscribe(sink, "/a", false, false, 5));
    assertFalse(sink.completed());
    assertEquals(0, stats.get().watchers());
  }

  @Test
  void aSlowReaderGetsWhatWasBufferedAndAProperEnd() {
    RecordingSink slow = new RecordingSink(2);
    RecordingSink quick = new RecordingSink(10);
    subscribe(slow, "/", true, true, 0);
    subscribe(quick, "/", true, true, 0);
    set("/a");
    set("/b");
    set("/c");
    set("/d");
    assertEquals(List.of("set /a", "set /b"), slow.heard());
    assertTrue(slow.completed());
    assertEquals(4, quick.heard().size());
    assertEquals(new WatchStats(1, 1, 0, 0), stats.get());
  }

  @Test
  void oneWatcherTooManyIsRefusedAndCounted() {
    for (int i = 0; i < WATCHERS_MAX; i++) {
      subscribe(new RecordingSink(1), "/a", false, true, 0);
    }
    assertEquals(
        new Reply.TooMany(WATCHERS_MAX), subscribe(new RecordingSink(1), "/a", false, true, 0));
    assertEquals(new WatchStats(WATCHERS_MAX, 0, 0, 1), stats.get());
  }

  @Test
  void aReaderWhoHasGoneIsForgotten() {
    RecordingSink sink = new RecordingSink(10);
    subscribe(sink, "/a", false, true, 0);
    hub.run(new WatchRequest.Cancel(sink));
    hub.run(new WatchRequest.Cancel(new RecordingSink(1)));
    set("/a");
    assertEquals(List.of(), sink.heard());
    assertEquals(0, stats.get().watchers());
  }

  @Test
  void aBacklogAboveItsLimitEndsAllWatchesAndNewOnesGoOn() {
    RecordingSink before = new RecordingSink(100);
    subscribe(before, "/a", false, true, 0);
    for (int i = 0; i < 2 * BACKLOG_MAX; i++) {
      applyBehindTheHub(command("/a"));
    }
    assertEquals(BACKLOG_MAX, backlog.events());
    runHub();
    assertEquals(List.of(1L, 2L, 3L, 4L), before.indexes());
    assertTrue(before.completed());
    assertEquals(new WatchStats(0, 0, 1, 0), stats.get());
    assertEquals(0, backlog.events());

    RecordingSink after = new RecordingSink(100);
    assertEquals(new Reply.Watching(8), subscribe(after, "/a", false, true, 5));
    set("/a");
    assertEquals(List.of(5L, 6L, 7L, 8L, 9L), after.indexes());
  }

  @Test
  void aWatchThatBeginsWhileEventsAreUnderWayHearsNoneOfThem() {
    applyBehindTheHub(command("/a"));
    RecordingSink sink = new RecordingSink(10);
    assertEquals(new Reply.Watching(1), subscribe(sink, "/a", false, true, 0));
    runHub();
    set("/a");
    assertEquals(List.of(2L), sink.indexes());
  }

  @Test
  void eventsThatAreAppliedOnceMoreAreNotToldTwice() {
    RecordingSink sink = new RecordingSink(10);
    subscribe(sink, "/a", false, true, 0);
    KeySpace beforeRestart = tree.get();
    set("/a");
    List<LiveEvent> again = beforeRestart.apply(command("/a"), Stamp.ZERO).events();
    feed.publish(again);
    runHub();
    assertEquals(List.of(1L), sink.indexes());
  }

  @Test
  void allWatchesEndProperlyWhenTheHubStops() {
    List<RecordingSink> sinks = new ArrayList<>();
    for (int i = 0; i < WATCHERS_MAX; i++) {
      sinks.add(new RecordingSink(10));
      subscribe(sinks.getLast(), "/a", false, i % 2 == 0, 0);
    }
    hub.signal(PostStop.instance());
    assertTrue(sinks.stream().allMatch(RecordingSink::completed));
    assertEquals(0, stats.get().watchers());
  }

  private Reply subscribe(
      WatchSink sink, String key, boolean recursive, boolean stream, long waitIndex) {
    TestInbox<Reply> inbox = TestInbox.create();
    WatchQuery query = new WatchQuery(KeyPath.of(key), recursive, stream, waitIndex);
    hub.run(new WatchRequest.Subscribe(query, sink, inbox.getRef()));
    return inbox.receiveMessage();
  }

  private void set(String key) {
    apply(command(key));
  }

  private void apply(Command command) {
    applyBehindTheHub(command);
    runHub();
  }

  private void applyBehindTheHub(Command command) {
    KeySpace.Result result = tree.get().apply(command, Stamp.ZERO);
    tree.set(result.after());
    feed.publish(result.events());
  }

  private void runHub() {
    while (hub.selfInbox().hasMessages()) {
      hub.runOne();
    }
  }

  private static Command command(String key) {
    return new Command.Set(KeyPath.of(key), Bytes.utf8("v"), false, Ttl.PERMANENT, false);
  }
}
