package io.conclave.http.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.http.routes.Wire.Answer;
import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.Traffic;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.MemberIds;
import io.conclave.raft.core.Membership;
import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes of the cluster by POST, PUT and DELETE (spec v2-cluster §3 and §5). */
final class MemberChangesTest {
  private static final String SELF = "8e9e05c52164694d";
  private static final String INTERNAL = "{\"message\":\"Internal Server Error\"}";

  private TestServer server = TestServer.start();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aMemberIsAddedAsALearner() throws IOException {
    long before = index();
    long begun = System.currentTimeMillis() / 1000;
    Answer added = post("http://z:9", "http://b:3");
    long ended = System.currentTimeMillis() / 1000;
    List<String> urls = List.of("http://b:3", "http://z:9");
    ClusterMember member = members().stream().filter(m -> !isSelf(m)).findFirst().orElseThrow();
    assertEquals(201, added.status());
    assertEquals(
        "{\"id\":\""
            + member.id()
            + "\",\"name\":\"\",\"peerURLs\":[\"http://b:3\",\"http://z:9\"],\"clientURLs\":[]}\n",
        added.body());
    assertEquals("application/json", added.header("Content-Type"));
    assertTrue(added.has("X-Etcd-Cluster-Id"));
    assertFalse(added.has("X-Etcd-Index"));
    assertTrue(
        LongStream.rangeClosed(begun, ended)
            .anyMatch(second -> MemberIds.ofAdded(urls, second).equals(member.id())));
    assertTrue(membership().isLearner(member.id()));
    assertEquals(before + 1, index());
  }

  @Test
  void urlsChange() throws IOException {
    long before = index();
    Answer updated = put(SELF, "http://127.0.0.1:2");
    assertEquals(204, updated.status());
    assertEquals("", updated.body());
    assertTrue(updated.has("X-Etcd-Cluster-Id"));
    assertFalse(updated.has("Content-Type"));
    assertEquals(List.of("http://127.0.0.1:2"), members().getFirst().peerUrls());
    assertEquals(before + 1, index());
  }

  @Test
  void aMemberIsRemovedForEver() throws IOException {
    String id = idOf(post("http://b:3"));
    long before = index();
    Answer removed = ask("DELETE", "/v2/members/" + id.toUpperCase(), "");
    assertEquals(204, removed.status());
    assertEquals("", removed.body());
    assertEquals(1, members().size());
    assertEquals(before + 2, index());
    Answer again = ask("DELETE", "/v2/members/0" + id, "");
    assertEquals(410, again.status());
    assertEquals("{\"message\":\"Member permanently removed: " + id + "\"}", again.body());
    Answer updated = put(id, "http://b:3");
    assertEquals(500, updated.status());
    assertEquals(INTERNAL, updated.body());
  }

  @Test
  void urlsBelongToOneMember() throws IOException {
    post("http://b:3");
    String taken = "{\"message\":\"etcdserver: peerURL exists\"}";
    Answer added = post("http://c:4", "http://b:3");
    assertEquals(409, added.status());
    assertEquals(taken, added.body());
    Answer updated = put(SELF, "http://b:3");
    assertEquals(409, updated.status());
    assertEquals(taken, updated.body());
    assertEquals(2, members().size());
  }

  @ParameterizedTest
  @CsvSource({"DELETE, 1234ABCD", "PUT, 1234ABCD", "DELETE, 0", "PUT, 00"})
  void whoIsNoMemberIsNamedWithoutFrills(String method, String id) throws IOException {
    Answer answer = ask(method, "/v2/members/" + id, "{\"peerURLs\":[\"http://b:3\"]}");
    assertEquals(404, answer.status());
    assertEquals("{\"message\":\"No such member: " + MemberId.parse(id) + "\"}", answer.body());
  }

  @Test
  void theLastVoterStays() throws IOException {
    post("http://b:3");
    Answer removed = ask("DELETE", "/v2/members/" + SELF, "");
    assertEquals(500, removed.status());
    assertEquals(
        "{\"message\":\"re-configuration failed due to not enough started members: without "
            + SELF
            + " there is no voter left\"}",
        removed.body());
    assertEquals(2, members().size());
  }

  @Test
  void aClusterHasAMostSize() throws IOException {
    for (int port = 2; port <= Membership.MEMBERS_MAX; port++) {
      assertEquals(201, post("http://b:" + port).status());
    }
    Answer refused = post("http://b:1");
    assertEquals(500, refused.status());
    assertEquals("{\"message\":\"a cluster has at most 64 members\"}", refused.body());
  }

  @Test
  void theStrictCheckExplainsItself() throws IOException {
    restart("conclave.raft.strict-reconfig-check = on");
    String wrong = "{\"message\":\"re-configuration failed due to not enough started members: ";
    Answer alone = ask("DELETE", "/v2/members/" + SELF, "");
    assertEquals(500, alone.status());
    assertEquals(
        wrong
            + "without "
            + SELF
            + " the cluster has 0 members, whose quorum is 1, and 0 started\"}",
        alone.body());
    String second = idOf(post("http://b:2"));
    Answer third = post("http://b:3");
    assertEquals(500, third.status());
    assertEquals(
        wrong + "with the new one the cluster has 3 members, whose quorum is 2, and 1 started\"}",
        third.body());
    Answer unknown = ask("DELETE", "/v2/members/1234", "");
    assertEquals(500, unknown.status());
    assertEquals(204, ask("DELETE", "/v2/members/" + second, "").status());
    assertEquals(204, put(SELF, "http://b:4").status());
  }

  @Test
  void aLeaderTellsOfItsFollowers() throws IOException {
    String second = idOf(post("http://b:2"));
    MemberId gone = new MemberId(0xf00L);
    Traffic.ofLeader(server.gateways().published().replication(), new MemberId(0xabcL), gone);
    List<String> expected =
        Stream.of(
                "\"abc\":{\"latency\":{\"current\":2.5,\"average\":2,\"standardDeviation\":0.5,"
                    + "\"minimum\":1.5,\"maximum\":2.5},\"counts\":{\"fail\":0,\"success\":2}}",
                "\"f00\":" + untouched(1),
                "\"" + second + "\":" + untouched(0))
            .sorted()
            .toList();
    assertEquals(
        "{\"leader\":\"" + SELF + "\",\"followers\":{" + String.join(",", expected) + "}}",
        ask("GET", "/v2/stats/leader", "").body());
    String self = ask("GET", "/v2/stats/self", "").body();
    assertTrue(
        self.endsWith(
            ",\"recvAppendRequestCnt\":0,\"sendAppendRequestCnt\":2,"
                + "\"sendPkgRate\":4,\"sendBandwidthRate\":800}"),
        self);
  }

  private static String untouched(int failures) {
    return "{\"latency\":{\"current\":0,\"average\":0,\"standardDeviation\":0,"
        + "\"minimum\":9223372036854776000,\"maximum\":0},\"counts\":{\"fail\":"
        + failures
        + ",\"success\":0}}";
  }

  @Test
  void thereMayBeNoContentType() throws IOException {
    try (Wire wire = Wire.to(server.clientPort())) {
      wire.request("POST", "/v2/members", "Content-Length: 2");
      Answer answer = wire.send("{}").answer("POST");
      assertEquals(415, answer.status());
      assertEquals("{\"message\":\"Bad Content-Type , accept application/json\"}", answer.body());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "application/json; charset=utf-8",
    "application/json; v=1",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    "text/plain; charset=iso-8859-1",
    "no type"
  })
  void otherContentTypesAreQuoted(String type) throws IOException {
    try (Wire wire = Wire.to(server.clientPort())) {
      wire.request("POST", "/v2/members", "Content-Length: 2", "Content-Type: " + type);
      Answer answer = wire.send("{}").answer("POST");
      assertEquals(415, answer.status());
      assertEquals(
          "{\"message\":\"Bad Content-Type " + type + ", accept application/json\"}",
          answer.body());
    }
  }

  /** Pekko forgets in which case it was sent (divergence 19). */
  @Test
  void theCaseOfAMediaTypeDoesNotCount() throws IOException {
    try (Wire wire = Wire.to(server.clientPort())) {
      wire.request("POST", "/v2/members", "Content-Length: 2", "Content-Type: Application/JSON");
      assertEquals(400, wire.send("{}").answer("POST").status());
    }
  }

  private void restart(String overrides) {
    server.close();
    server = TestServer.start(overrides);
  }

  private Answer post(String... urls) throws IOException {
    return ask("POST", "/v2/members", body(urls));
  }

  private Answer put(String id, String... urls) throws IOException {
    return ask("PUT", "/v2/members/" + id, body(urls));
  }

  private Answer ask(String method, String path, String body) throws IOException {
    try (Wire wire = Wire.to(server.clientPort())) {
      wire.request(
          method, path, "Content-Type: application/json", "Content-Length: " + body.length());
      return wire.send(body).answer(method);
    }
  }

  private static String body(String... urls) {
    return "{\"peerURLs\":[\"" + String.join("\",\"", urls) + "\"]}";
  }

  private static String idOf(Answer added) {
    assertEquals(201, added.status(), added::body);
    return added.body().replaceAll("\\{\"id\":\"([0-9a-f]+)\".*\n", "$1");
  }

  private static boolean isSelf(ClusterMember member) {
    return member.id().toString().equals(SELF);
  }

  private List<ClusterMember> members() {
    return server.gateways().published().tree().get().members();
  }

  private Membership membership() {
    return server.gateways().published().tree().get().membership();
  }

  private long index() {
    return server.gateways().published().tree().get().index();
  }
}
