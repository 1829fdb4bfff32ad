package io.conclave.http.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.conclave.http.routes.Wire.Answer;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Members on both ports, and what else the peer port serves (spec v2-cluster §3, §13). */
final class MembersRouteTest {
  private static final String CLUSTER = "cdf818194e3a8c32";
  private static final String ID = "8e9e05c52164694d";
  private static final String NOT_YET = "{\"message\":\"not implemented yet\"}";
  private static TestServer server;
  private static int port;
  private static int peerPort;

  @BeforeAll
  static void start() {
    server = TestServer.start();
    port = server.clientPort();
    peerPort = server.peerPort();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2/members", "/v2/members/"})
  void allMembersAreListed(String path) throws IOException {
    Answer answer = Wire.ask(port, "GET", path);
    assertEquals(200, answer.status());
    assertEquals("{\"members\":[" + member() + "]}\n", answer.body());
    assertEquals("application/json", answer.header("Content-Type"));
    assertEquals(CLUSTER, answer.header("X-Etcd-Cluster-Id"));
    assertFalse(answer.has("X-Etcd-Index"));
  }

  @Test
  void theLeaderIsAMember() throws IOException {
    Answer answer = Wire.ask(port, "GET", "/v2/members/leader");
    assertEquals(200, answer.status());
    assertEquals(member() + "\n", answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2/members/" + ID, "/v2/members/leader/", "/v2/members/x"})
  void aSingleMemberIsNotServed(String path) throws IOException {
    Answer answer = Wire.ask(port, "GET", path);
    assertEquals(404, answer.status());
    assertEquals("{\"message\":\"Not found\"}", answer.body());
    assertEquals("application/json", answer.header("Content-Type"));
    assertEquals(CLUSTER, answer.header("X-Etcd-Cluster-Id"));
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /v2/auth/enable",
    "DELETE, /v2/auth/enable",
    "GET, /v2/auth/users",
    "GET, /v2/auth/users/",
    "PUT, /v2/auth/users/root",
    "DELETE, /v2/auth/roles/guest"
  })
  void authIsNotImplementedYet(String method, String path) throws IOException {
    Answer answer = Wire.ask(port, method, path);
    assertEquals(501, answer.status());
    assertEquals(NOT_YET, answer.body());
    assertEquals("application/json", answer.header("Content-Type"));
    assertEquals(CLUSTER, answer.header("X-Etcd-Cluster-Id"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2/auth/users/a/b", "/v2/auth/users/a/", "/v2/auth/roles/a/b"})
  void aNameHasOneComponent(String path) throws IOException {
    for (String method : new String[] {"GET", "POST"}) {
      Answer answer = Wire.ask(port, method, path);
      assertEquals(400, answer.status());
      assertEquals("{\"message\":\"Invalid path\"}", answer.body());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /v2/members",
    "PUT, /v2/members/",
    "DELETE, /v2/members",
    "DELETE, /v2/members/"
  })
  void theWholeListCannotBeChanged(String method, String path) throws IOException {
    Answer answer = Wire.ask(port, method, path);
    assertEquals(405, answer.status());
    assertFalse(answer.has("Allow"));
    assertEquals("Method Not Allowed\n", answer.body());
  }

  @ParameterizedTest
  @CsvSource({"HEAD, /v2/members", "PATCH, /v2/members/x", "TRACE, /v2/members/leader"})
  void otherMethodsAreNotAllowed(String method, String path) throws IOException {
    Answer answer = Wire.ask(port, method, path);
    assertEquals(405, answer.status());
    assertEquals("GET,POST,DELETE,PUT", answer.header("Allow"));
    assertFalse(answer.has("X-Etcd-Cluster-Id"));
  }

  @Test
  void peersSeeMembersWithNumbers() throws IOException {
    Answer answer = Wire.ask(peerPort, "GET", "/members");
    assertEquals(200, answer.status());
    assertEquals(
        "[{\"id\":10276657743932975437,\"peerURLs\":[\"http://127.0.0.1:"
            + peerPort
            + "\"],\"name\":\"golden\",\"clientURLs\":[\""
            + server.url()
            + "\"]}]\n",
        answer.body());
    assertEquals("application/json", answer.header("Content-Type"));
    assertEquals(CLUSTER, answer.header("X-Etcd-Cluster-Id"));
  }

  @Test
  void peersSeeTheVersion() throws IOException {
    assertEquals(
        "{\"etcdserver\":\"2.3.8\",\"etcdcluster\":\"2.3.0\"}",
        Wire.ask(peerPort, "GET", "/version").body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/members", "/version"})
  void peersMayOnlyGet(String path) throws IOException {
    for (String method : new String[] {"HEAD", "POST", "PUT", "DELETE"}) {
      Answer answer = Wire.ask(peerPort, method, path);
      assertEquals(405, answer.status(), method);
      assertEquals("GET", answer.header("Allow"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/members/", "/v2/keys", "/v2/members", "/health", "/raft", "/raft/probing"})
  void thePeerPortServesNothingElse(String path) throws IOException {
    Answer answer = Wire.ask(peerPort, "GET", path);
    assertEquals(404, answer.status());
    assertEquals("404 page not found\n", answer.body());
  }

  @Test
  void anUncleanPathOnThePeerPortIsRedirected() throws IOException {
    Answer answer = Wire.ask(peerPort, "GET", "//members");
    assertEquals(301, answer.status());
    assertEquals("/members", answer.header("Location"));
  }

  private static String member() {
    return "{\"id\":\""
        + ID
        + "\",\"name\":\"golden\",\"peerURLs\":[\"http://127.0.0.1:"
        + peerPort
        + "\"],\"clientURLs\":[\""
        + server.url()
        + "\"]}";
  }
}
