package io.conclave.testkit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster tells of itself, grows and shrinks (spec v2-cluster §3 to §10). */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class MembershipProcessTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NOT_ENOUGH =
      "re-configuration failed due to not enough started members: ";

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

  @Test
  void allMembersTellTheSameOfTheirCluster() throws Exception {
    cluster.form();
    String leader = id("/v2/members/leader", cluster.member(1));
    for (MemberProcess member : cluster.members()) {
      Keys.of(member).set("of-" + member.name(), "x");
    }
    for (MemberProcess member : cluster.members()) {
      cluster.awaitFact("names and URLs of all", () -> namedBy(member).size() == 3);
      assertEquals(leader, id("/v2/members/leader", member));
      assertEquals(clientUrls(), ProcessCluster.ask(member, "/v2/machines"));
      assertEquals("{\"health\": \"true\"}", ProcessCluster.ask(member, "/health"));
      assertEquals("2.3.0", json("/version", member).path("etcdcluster").asText());
      statisticsAreThoseOf(member, leader);
    }
  }

  @Test
  void aClusterGrowsAndShrinks() throws Exception {
    cluster.form();
    addAndRemoveSomeThatNeverStart();

    MemberProcess fourth = cluster.prepareOneMore();
    Members.of(cluster.member(2)).add(fourth);
    cluster.join(fourth, cluster.others(fourth));
    fourth.awaitReady();
    cluster.awaitFact("the fourth to be named", () -> namedBy(cluster.member(1)).size() == 4);
    Keys.of(fourth).set("by-the-fourth", "x");

    MemberProcess leader = cluster.awaitLeader();
    String id = id("/v2/stats/self", leader);
    Members.of(leader).remove(leader);
    assertEquals(OptionalInt.of(0), leader.awaitExit(ProcessCluster.PATIENCE), leader::lastWords);
    List<MemberProcess> left = new ArrayList<>(cluster.others(leader));
    cluster.awaitFact("the others to elect", () -> writes(left.getFirst()));
    assertEquals(410, Members.of(left.getFirst()).tryRemove(id).head().status());
    cluster.start(leader);
    assertEquals(OptionalInt.of(0), leader.awaitExit(ProcessCluster.PATIENCE), leader::lastWords);

    // Three voters are left if one that was added has become one; then two of them go on.
    left.stream().filter(member -> member != fourth).findFirst().orElseThrow().kill();
    cluster.awaitFact("two of three to go on", () -> writes(fourth));
    for (MemberProcess member : left) {
      if (member != fourth && member.isAlive()) {
        member.kill();
      }
    }
    cluster.awaitFact(
        "one of three to be ill",
        () -> ProcessCluster.ask(fourth, "/health").equals("{\"health\": \"false\"}\n"));
    assertEquals(
        "{\"message\":\"During election\"}", ProcessCluster.ask(fourth, "/v2/members/leader"));
  }

  @Test
  void theStrictCheckKeepsTheQuorum() throws Exception {
    cluster.form("--strict-reconfig-check");
    MemberProcess leader = cluster.awaitLeader();
    MemberProcess dead = cluster.others(leader).getFirst();
    MemberProcess other = cluster.others(leader).getLast();
    Members members = Members.of(other);
    String deadId = members.id(dead);

    dead.kill();
    for (MemberProcess alive : List.of(leader, other)) {
      String id = members.id(alive);
      assertRefused(
          "without "
              + id
              + " the cluster has 2 voters, whose quorum is 2, and fewer than 2 can be reached",
          members.tryRemove(id));
    }
    assertEquals(204, members.tryRemove(deadId).head().status());
    members.remove(other);
    assertEquals(OptionalInt.of(0), other.awaitExit(ProcessCluster.PATIENCE), other::lastWords);
    String last = Members.of(leader).id(leader);
    assertRefused(
        "without " + last + " the cluster has 0 members, whose quorum is 1, and 0 started",
        Members.of(leader).tryRemove(last));
    assertTrue(writes(leader));
  }

  /** As many as there are: in etcd that would have cost the quorum (divergence 7). */
  private void addAndRemoveSomeThatNeverStart() throws IOException {
    List<String> added = new ArrayList<>();
    for (MemberProcess member : cluster.members()) {
      URI nobody = URI.create("http://127.0.0.1:" + (added.size() + 1));
      WireResponse answer = Members.of(member).tryAdd(nobody);
      assertEquals(201, answer.head().status(), answer.body()::utf8);
      added.add(JSON.readTree(answer.body().utf8()).path("id").asText());
    }
    for (MemberProcess member : cluster.members()) {
      Keys.of(member).set("among-" + member.name(), "x");
      assertTrue(Keys.of(member).quorumGet("among-" + member.name()).isPresent());
      assertEquals(204, Members.of(member).tryRemove(added.removeLast()).head().status());
    }
    assertEquals(3, json("/v2/members", cluster.member(3)).path("members").size());
  }

  private static void statisticsAreThoseOf(MemberProcess member, String leader) throws IOException {
    JsonNode self = json("/v2/stats/self", member);
    boolean leads = self.path("id").asText().equals(leader);
    assertEquals(leads ? "StateLeader" : "StateFollower", self.path("state").asText());
    assertEquals(leader, self.path("leaderInfo").path("leader").asText());
    assertTrue(self.path(leads ? "sendAppendRequestCnt" : "recvAppendRequestCnt").asLong() > 0);
    WireResponse answer =
        WireConnection.exchange(
            member.clientUrl(), WireRequest.get("/v2/stats/leader"), ProcessCluster.PATIENCE);
    assertEquals(leads ? 200 : 403, answer.head().status());
    JsonNode followers = JSON.readTree(answer.body().utf8()).path("followers");
    assertEquals(leads ? 2 : 0, followers.size());
    followers.forEach(f -> assertTrue(f.path("counts").path("success").asLong() > 0));
  }

  private static void assertRefused(String arithmetic, WireResponse answer) {
    assertEquals("{\"message\":\"" + NOT_ENOUGH + arithmetic + "\"}", answer.body().utf8());
    assertEquals(500, answer.head().status());
  }

  private static boolean writes(MemberProcess member) {
    try {
      return Keys.of(member).trySet("written", "x").head().status() < 300;
    } catch (IOException notNow) {
      return false;
    }
  }

  private static JsonNode json(String path, MemberProcess member) {
    try {
      return JSON.readTree(ProcessCluster.ask(member, path));
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }

  private static String id(String path, MemberProcess member) {
    return json(path, member).path("id").asText();
  }

  private String clientUrls() {
    return cluster.members().stream()
        .map(member -> member.clientUrl().toString())
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** Names of the members that have told their client URLs. */
  private static List<String> namedBy(MemberProcess member) {
    List<String> names = new ArrayList<>();
    for (JsonNode each : json("/v2/members", member).path("members")) {
      if (!each.path("clientURLs").isEmpty()) {
        names.add(each.path("name").asText());
      }
    }
    return names;
  }
}
