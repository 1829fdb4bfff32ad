package io.conclave.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.conclave.keyspace.Published;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.MemberView;
import io.conclave.raft.Publications;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.PeerProgress;
import io.conclave.raft.core.Stamp;
import io.conclave.raft.peer.FreePort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three actor systems that have no Raft, only what it would publish. */
final class ClusterLinkTest {
  private static final MemberId NOBODY = MemberId.NONE;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<Process> processes = new ArrayList<>();
  private Membership membership;

  @BeforeEach
  void start() {
    List<Membership.Member> members = new ArrayList<>();
    for (int id = 1; id <= 3; id++) {
      Process process = new Process(new MemberId(id));
      processes.add(process);
      members.add(
          new Membership.Member(
              process.id, "", List.of("http://127.0.0.1:" + process.port), false));
    }
    membership = Membership.of(members);
  }

  @AfterEach
  void stop() throws Exception {
    for (Process process : processes) {
      process.stop();
    }
  }

  @Test
  void membersFollowTheLeaderAndMissWhoLeaves() throws Exception {
    processes.forEach(process -> process.link(NOBODY));
    processes.forEach(process -> process.learnLeader(new MemberId(2)));
    for (Process process : processes) {
      process.awaitReachable(1, 2, 3);
    }
    processes.removeLast().stop();
    processes.getFirst().awaitReachable(1, 2);
    ClusterHealth health = processes.getFirst().health.get();
    NavigableSet<MemberId> gone = new TreeSet<>(health.missing());
    gone.addAll(health.unreachable());
    assertEquals(ids(3), gone);
  }

  @Test
  void withoutALeaderNobodyFormsACluster() {
    processes.forEach(process -> process.link(NOBODY));
    processes.getFirst().awaitMissing(1, 2, 3);
    assertEquals(ids(), processes.getFirst().health.get().reachable());
  }

  private static NavigableSet<MemberId> ids(long... ids) {
    NavigableSet<MemberId> set = new TreeSet<>();
    for (long id : ids) {
      set.add(new MemberId(id));
    }
    return set;
  }

  /** What a member would run beside its Raft. */
  private final class Process {
    private final MemberId id;
    private final int port = FreePort.take();
    private final ActorSystem system;
    private final Published<ClusterHealth> health = new Published<>(ClusterHealth.UNKNOWN);
    private Publications raft;

    private Process(MemberId id) {
      this.id = id;
      this.system = ActorSystem.create("conclave", config());
    }

    private Config config() {
      return ConfigFactory.parseString(
              """
              pekko.remote.artery.canonical.port = %d
              pekko.cluster.roles = ["%s"]
              """
                  .formatted(port, ClusterLink.role(id)))
          .withFallback(ConfigFactory.parseResources(getClass(), "/peer-system.conf"))
          .withFallback(ConfigFactory.load())
          .resolve();
    }

    private void link(MemberId leader) {
      KeySpace tree = KeySpace.initial(10).applyBootstrap(membership, Stamp.ZERO).after();
      raft = Publications.ofStarting(id, 9, tree);
      learnLeader(leader);
      Adapter.spawn(
          system,
          ClusterLink.create(
              new ClusterLink.Setup(raft, "127.0.0.1:" + port, health, silent -> {})),
          "cluster");
    }

    private void learnLeader(MemberId leader) {
      raft.progress()
          .set(
              membership.members().keySet().stream()
                  .map(peer -> new PeerProgress(peer, 1, true))
                  .toList());
      raft.view()
          .set(new MemberView(id, 9, MemberView.RoleName.FOLLOWER, 2, leader, 0, 1, 1, true));
    }

    private void awaitReachable(long... ids) {
      await(() -> assertEquals(ids(ids), health.get().reachable()));
    }

    private void awaitMissing(long... ids) {
      await(() -> assertEquals(ids(ids), health.get().missing()));
    }

    private void await(Runnable fact) {
      TestProbe.create(Adapter.toTyped(system))
          .awaitAssert(
              PATIENCE,
              Duration.ofMillis(50),
              () -> {
                fact.run();
                return null;
              });
    }

    private void stop() throws Exception {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }
}
