package io.conclave.raft;

import static io.conclave.raft.SingleMember.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.conclave.keyspace.tree.Command;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Cluster time, and the keys that go when theirs has come. */
final class MemberTimeTest {
  private static final Duration QUIET = Duration.ofMillis(200);
  private static ActorTestKit kit;

  @BeforeAll
  static void startSystem() {
    kit = ActorTestKit.create("MemberTimeTest", ConfigFactory.load());
  }

  @AfterAll
  static void stopSystem() {
    kit.shutdownTestKit();
  }

  @Test
  void aKeyGoesWhenItsTimeHasComeAndNothingIsWrittenBefore() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    rig.single.propose(SingleMember.setFor("/a", 5));
    rig.confirm(rig.nextAppend());
    await("applied", () -> rig.single.published.tree().get().index() == 4);
    rig.single.clock.advance(Duration.ofMillis(4_000));
    List<Journal.Append> early = rig.appendsWithin(QUIET);
    assertEquals(List.of(), early);
    rig.single.clock.advance(Duration.ofMillis(1_000));
    Journal.Append append = rig.nextAppend();
    assertEquals(new Command.Sync(), MemberRig.command(MemberRig.entries(append).getFirst()));
    rig.confirm(append);
    await("expired", () -> rig.single.published.tree().get().index() == 5);
    assertEquals(List.of(), rig.appendsWithin(QUIET));
  }

  @Test
  void clusterTimePassesWhileTheMemberLeads() {
    MemberRig rig = MemberRig.start(kit, "");
    rig.confirmUntilReady();
    long before = rig.single.now().clusterTime();
    rig.single.clock.advance(Duration.ofSeconds(100));
    await("a tick", () -> rig.single.now().clusterTime() >= before + 100_000);
    assertTrue(rig.single.published.now().get().advancing());
  }

  @Test
  void commitAndClusterTimeAreNotedWhileThereAreTtls() {
    MemberRig rig = MemberRig.start(kit, "conclave.raft.note-interval = 100 ms");
    rig.confirmUntilReady();
    rig.single.propose(SingleMember.setFor("/a", 1000));
    rig.confirm(rig.nextAppend());
    await("applied", () -> rig.single.published.tree().get().index() == 4);
    long commit = rig.single.published.view().get().commitIndex();
    rig.journal.fishForMessage(
        SingleMember.PATIENCE,
        message ->
            message instanceof Journal.Note(long noted, long time) && noted == commit && time > 0
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
  }
}
