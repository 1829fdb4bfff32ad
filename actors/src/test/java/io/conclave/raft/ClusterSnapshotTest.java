package io.conclave.raft;

import static io.conclave.raft.LoopbackCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.Membership.Change;
import org.junit.jupiter.api.Test;

/** A member that has missed more than the log still holds. */
final class ClusterSnapshotTest {
  private static final String SMALL_LOG =
      "conclave.raft.snapshot { count = 20, catch-up-entries = 5 }\n";

  @Test
  void aFollowerThatMissedTooMuchGetsASnapshot() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, SMALL_LOG).start()) {
      LoopbackMember late = cluster.follower();
      late.kill();
      fill(cluster.leader(), "early", 60, "v");
      late.start();
      cluster.awaitReady();
      cluster.awaitEverywhere("/early/59", "v");
      assertTrue(late.disk.files().opened() > 0, "it came as a snapshot");
      assertEquals("v", late.value("/early/0"));
      fill(late, "after", 5, "w");
      cluster.awaitEverywhere("/after/4", "w");
      long index = cluster.leader().tree().index();
      late.kill();
      late.start();
      cluster.awaitReady();
      assertTrue(late.tree().index() >= index, "what was installed is durable");
      assertEquals("v", late.value("/early/0"));
    }
  }

  @Test
  void aJoinerGetsASnapshot() {
    try (LoopbackCluster cluster = new LoopbackCluster(1, SMALL_LOG).start()) {
      LoopbackMember only = cluster.get(1);
      fill(only, "a", 60, "v");
      LoopbackMember joiner = cluster.newcomer(2);
      only.change(new Change.Add(joiner.asLearner()));
      joiner.start();
      cluster.awaitReady();
      cluster.awaitEverywhere("/a/59", "v");
      assertTrue(joiner.disk.files().opened() > 0, "it came as a snapshot");
      await("promotion", () -> only.tree().membership().isVoter(joiner.id));
    }
  }

  @Test
  void aTransferThatIsInterruptedGoesOnWhereItStopped() {
    try (LoopbackCluster cluster = new LoopbackCluster(3, SMALL_LOG).start()) {
      LoopbackMember late = cluster.follower();
      late.kill();
      fill(cluster.leader(), "large", 30, "x".repeat(100_000));
      late.disk.files().failAfter(5);
      late.start();
      await("an interruption", () -> late.disk.files().failures() == 1);
      late.kill();
      late.start();
      cluster.awaitEverywhere("/large/29", "x".repeat(100_000));
      assertTrue(late.disk.files().continuedAt() > 0, "went on from the middle");
    }
  }

  private static void fill(LoopbackMember through, String directory, int keys, String value) {
    for (int i = 0; i < keys; i++) {
      through.put("/" + directory + "/" + i, value);
    }
  }
}
