package io.conclave.testkit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three real processes are one store. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ClusterProcessTest {
  private static final int STOPPED = 143;

  @TempDir private Path home;
  private ProcessCluster cluster;

  @BeforeEach
  void prepare() throws Exception {
    cluster = ProcessCluster.prepare(LaunchCommand.member(), 3, home);
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  /** Also where Pekko Cluster is not even loaded: everything rests on Raft alone. */
  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void whatOneTakesAllServe(String pekkoCluster) throws Exception {
    cluster.close();
    LaunchCommand command = LaunchCommand.member(List.of("-Dconclave.cluster=" + pekkoCluster));
    cluster = ProcessCluster.prepare(command, 3, home.resolve("cluster-" + pekkoCluster));
    cluster.form();
    for (MemberProcess writer : cluster.members()) {
      Keys.of(writer).set("from-" + writer.name(), pekkoCluster);
      assertTrue(Keys.of(writer).holds("from-" + writer.name(), pekkoCluster), "own write unread");
      for (MemberProcess reader : cluster.members()) {
        assertEquals(Optional.of(pekkoCluster), Keys.of(reader).quorumGet("from-" + writer.name()));
      }
    }
  }

  @Test
  void aKilledLeaderIsReplacedAndCatchesUp() throws Exception {
    cluster.form();
    Keys.of(cluster.member(1)).set("before", "1");
    MemberProcess leader = cluster.awaitLeader();
    leader.kill();
    for (MemberProcess survivor : cluster.others(leader)) {
      Keys.of(survivor).set("by-" + survivor.name(), "2");
      assertEquals(Optional.of("1"), Keys.of(survivor).quorumGet("before"));
    }
    cluster.start(leader);
    leader.awaitReady();
    String last = "by-" + cluster.others(leader).getLast().name();
    cluster.awaitFact("the old leader to catch up", () -> Keys.of(leader).holds(last, "2"));
  }

  @Test
  void afterAllWereKilledTwoInAnyOrderAreEnough() throws Exception {
    cluster.form();
    for (int i = 0; i < 30; i++) {
      Keys.of(cluster.member(1 + i % 3)).set("k" + i, "v" + i);
    }
    for (MemberProcess member : cluster.members()) {
      member.kill();
    }
    List<MemberProcess> two = List.of(cluster.member(3), cluster.member(2));
    for (MemberProcess member : two) {
      cluster.start(member);
    }
    cluster.awaitReady(two);
    for (int i = 0; i < 30; i++) {
      assertEquals(Optional.of("v" + i), Keys.of(two.get(i % 2)).quorumGet("k" + i));
    }
    Keys.of(two.getFirst()).set("after", "restart");
    MemberProcess third = cluster.member(1);
    cluster.start(third);
    third.awaitReady();
    cluster.awaitFact("the third to catch up", () -> Keys.of(third).holds("after", "restart"));
  }

  /** Whoever is told to take over does not ask first; whoever finds the leader gone does. */
  @Test
  void aStoppingLeaderHandsOver() throws Exception {
    cluster.form();
    MemberProcess leader = cluster.awaitLeader();
    Keys.of(leader).set("before", "1");
    List<MemberProcess> survivors = cluster.others(leader);
    long asked = survivors.stream().mapToLong(ClusterProcessTest::preVotes).sum();
    assertEquals(STOPPED, leader.terminate());
    for (MemberProcess survivor : survivors) {
      Keys.of(survivor).set("after-" + survivor.name(), "2");
      assertEquals(Optional.of("1"), Keys.of(survivor).quorumGet("before"));
    }
    assertTrue(leader.log().contains("node: stopped"), leader::lastWords);
    assertEquals(asked, survivors.stream().mapToLong(ClusterProcessTest::preVotes).sum());
  }

  private static long preVotes(MemberProcess member) {
    return member.log().lines().filter(line -> line.contains("role=PRE_CANDIDATE")).count();
  }
}
