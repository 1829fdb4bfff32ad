package io.conclave.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Stamp;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ExpirySchedulerTest {
  private static final Duration INTERVAL = Duration.ofMillis(20);
  private static ActorTestKit kit;
  private static ManualTime time;

  private final Published<KeySpace> tree = new Published<>(KeySpace.initial(100));
  private final AtomicLong clusterTime = new AtomicLong();
  private TestProbe<ExpiryScheduler.SyncDue> member;
  private ActorRef<ExpiryScheduler.Command> scheduler;

  @BeforeAll
  static void startSystem() {
    kit = ActorTestKit.create("ExpirySchedulerTest", ManualTime.config());
    time = ManualTime.get(kit.system());
  }

  @AfterAll
  static void stopSystem() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void startScheduler() {
    member = kit.createTestProbe();
    scheduler =
        kit.spawn(ExpiryScheduler.create(INTERVAL, tree, clusterTime::get, member.getRef()));
  }

  @Test
  void asksForNothingWithoutTtlsOrBeforeTheDeadline() {
    time.expectNoMessageFor(Duration.ofSeconds(10), member);
    keyExpiringAfter("/a", 5);
    clusterTime.set(4_999);
    time.expectNoMessageFor(Duration.ofSeconds(10), member);
  }

  @Test
  void asksOnceWhenTheDeadlineHasPassedAndWaitsForTheOutcome() {
    keyExpiringAfter("/a", 5);
    clusterTime.set(5_000);
    time.timePasses(INTERVAL);
    member.receiveMessage();
    time.expectNoMessageFor(Duration.ofSeconds(1), member);
  }

  @Test
  void goesOnAtOnceWhileMoreIsDue() {
    keyExpiringAfter("/a", 5);
    keyExpiringAfter("/b", 5);
    clusterTime.set(5_000);
    time.timePasses(INTERVAL);
    ExpiryScheduler.SyncDue due = member.receiveMessage();
    due.replyTo().tell(ExpiryScheduler.Settled.APPLIED);
    member.receiveMessage();
    assertEquals(2, tree.get().index());
  }

  @Test
  void isQuietAgainWhenNothingIsLeft() {
    keyExpiringAfter("/a", 5);
    clusterTime.set(5_000);
    time.timePasses(INTERVAL);
    ExpiryScheduler.SyncDue due = member.receiveMessage();
    tree.set(tree.get().apply(new Command.Sync(), new Stamp(5_000, 0)).after());
    due.replyTo().tell(ExpiryScheduler.Settled.APPLIED);
    time.expectNoMessageFor(Duration.ofSeconds(1), member);
  }

  @Test
  void asksAgainAfterAFailureWithTheNextLook() {
    keyExpiringAfter("/a", 5);
    clusterTime.set(5_000);
    time.timePasses(INTERVAL);
    member.receiveMessage().replyTo().tell(ExpiryScheduler.Settled.FAILED);
    member.expectNoMessage();
    time.timePasses(INTERVAL);
    member.receiveMessage();
  }

  @Test
  void itsReferenceIsWhatTheMemberAnswers() {
    keyExpiringAfter("/a", 1);
    clusterTime.set(1_000);
    time.timePasses(INTERVAL);
    assertEquals(scheduler, member.receiveMessage().replyTo());
  }

  private void keyExpiringAfter(String key, long seconds) {
    Command set =
        new Command.Set(KeyPath.of(key), Bytes.utf8("v"), false, new Ttl.Seconds(seconds), false);
    tree.set(tree.get().apply(set, Stamp.ZERO).after());
  }
}
