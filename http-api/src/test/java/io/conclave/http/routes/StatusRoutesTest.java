package io.conclave.http.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.http.MemberGateways.LogLevel;
import io.conclave.http.routes.Wire.Answer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything on the client port but keys and members (spec v2-cluster §1, §7 to §12). */
final class StatusRoutesTest {
  private static final String ORIGIN = "http://allowed.example";
  private static TestServer server;
  private static int port;

  @BeforeAll
  static void start() {
    server = TestServer.start("conclave.http.cors = \"http://other.example, " + ORIGIN + ",\"");
    port = server.clientPort();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "/v2/machines GET,HEAD POST,PUT,DELETE,PATCH",
        "/v2/stats/self GET HEAD,POST,PUT,DELETE",
        "/v2/stats/leader GET HEAD,POST,PUT,DELETE",
        "/v2/stats/store GET HEAD,POST,PUT,DELETE",
        "/version GET HEAD,POST,PUT,DELETE",
        "/health GET HEAD,POST,PUT,DELETE",
        "/debug/vars GET HEAD,POST,PUT,DELETE",
        "/config/local/log PUT GET,HEAD,POST,DELETE",
        "/v2/auth/enable GET,PUT,DELETE HEAD,POST,PATCH",
        "/v2/auth/users GET HEAD,POST,PUT,DELETE",
        "/v2/auth/users/ GET HEAD,POST,PUT,DELETE",
        "/v2/auth/users/a GET,PUT,DELETE HEAD,POST",
        "/v2/auth/roles GET HEAD,POST,PUT,DELETE",
        "/v2/auth/roles/ GET HEAD,POST,PUT,DELETE",
        "/v2/auth/roles/a GET,PUT,DELETE HEAD,POST"
      })
  void otherMethodsAreNotAllowed(String path, String allowed, String others) throws IOException {
    try (Wire wire = Wire.to(port)) {
      for (String method : others.split(",")) {
        Answer answer = wire.request(method, path).answer(method);
        assertEquals(405, answer.status(), method);
        assertEquals(allowed, answer.header("Allow"));
        assertEquals("text/plain; charset=utf-8", answer.header("Content-Type"));
        assertEquals("nosniff", answer.header("X-Content-Type-Options"));
        assertEquals(method.equals("HEAD") ? "" : "Method Not Allowed\n", answer.body());
      }
      for (String method : allowed.split(",")) {
        Answer answer = wire.request(method, path).answer(method);
        assertTrue(answer.status() != 405 && answer.status() != 404, method);
      }
    }
  }

  @Test
  void unknownPathsAreNotFound() throws IOException {
    List<String> paths =
        List.of(
            "/",
            "/v2",
            "/v2/",
            "/v2/key",
            "/v2/keysx",
            "/v2/leader",
            "/v2/peers",
            "/v2/stats",
            "/v2/stats/",
            "/v2/stats/self/",
            "/v2/config/local/proxy",
            "/v2/machines/",
            "/v2/membersx",
            "/v2/auth",
            "/v2/auth/",
            "/v2/auth/other",
            "/v2/auth/enable/",
            "/v2/auth/usersx",
            "/version/",
            "/health/",
            "/metrics/",
            "/members",
            "/raft",
            "/debug/pprof",
            "/debug/vars/",
            "/v2/keys%00");
    try (Wire wire = Wire.to(port)) {
      for (String path : paths) {
        Answer answer = wire.request("GET", path).answer("GET");
        assertEquals(404, answer.status(), path);
        assertEquals("404 page not found\n", answer.body());
        assertEquals("text/plain; charset=utf-8", answer.header("Content-Type"));
        assertEquals("nosniff", answer.header("X-Content-Type-Options"));
        assertFalse(answer.has("X-Etcd-Cluster-Id"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/nowhere", "/v2/keys/a", "//v2", "*", "/version"})
  void optionsAreAnsweredBeforeRouting(String target) throws IOException {
    Answer answer = Wire.ask(port, "OPTIONS", target);
    assertEquals(200, answer.status());
    assertEquals("", answer.body());
    assertFalse(answer.has("Allow"));
    assertFalse(answer.has("Content-Type"));
    assertFalse(answer.has("Access-Control-Allow-Origin"));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /version, 200",
    "GET, /nowhere, 404",
    "PATCH, /v2/keys, 405",
    "GET, //, 301",
    "OPTIONS, /nowhere, 200"
  })
  void anOriginThatIsListedIsAllowedOnEveryAnswer(String method, String target, int status)
      throws IOException {
    Answer answer = Wire.ask(port, method, target, "Origin: " + ORIGIN);
    assertEquals(status, answer.status());
    assertEquals(ORIGIN, answer.header("Access-Control-Allow-Origin"));
    assertEquals("POST, GET, OPTIONS, PUT, DELETE", answer.header("Access-Control-Allow-Methods"));
    assertEquals(
        "accept, content-type, authorization", answer.header("Access-Control-Allow-Headers"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://else.example", "http://ALLOWED.example", ""})
  void otherOriginsAreNot(String origin) throws IOException {
    Answer answer = Wire.ask(port, "GET", "/version", "Origin: " + origin);
    assertFalse(answer.has("Access-Control-Allow-Origin"));
  }

  @Test
  void versionAndHealthAreWhatClientsParse() throws IOException {
    Answer version = Wire.ask(port, "GET", "/version");
    assertEquals("{\"etcdserver\":\"2.3.8\",\"etcdcluster\":\"2.3.0\"}", version.body());
    assertEquals("application/json", version.header("Content-Type"));
    Answer health = Wire.ask(port, "GET", "/health");
    assertEquals("{\"health\": \"true\"}", health.body());
    assertEquals("text/plain; charset=utf-8", health.header("Content-Type"));
    assertFalse(health.has("X-Etcd-Cluster-Id"));
  }

  @Test
  void machinesAreClientUrls() throws IOException {
    Answer machines = Wire.ask(port, "GET", "/v2/machines");
    assertEquals(server.url(), machines.body());
    assertEquals("text/plain; charset=utf-8", machines.header("Content-Type"));
    Answer head = Wire.ask(port, "HEAD", "/v2/machines");
    assertEquals(Integer.toString(machines.body().length()), head.header("Content-Length"));
  }

  @Test
  void statisticsOfTheMember() throws IOException {
    Answer self = Wire.ask(port, "GET", "/v2/stats/self");
    assertEquals("application/json", self.header("Content-Type"));
    assertFalse(self.has("X-Etcd-Cluster-Id"));
    String time =
        "\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)\"";
    String expected =
        "\\{\"name\":\"golden\",\"id\":\"8e9e05c52164694d\",\"state\":\"StateLeader\","
            + "\"startTime\":"
            + time
            + ",\"leaderInfo\":\\{\"leader\":\"8e9e05c52164694d\","
            + "\"uptime\":\"[0-9.hmµn]+s\",\"startTime\":"
            + time
            + "\\},"
            + "\"recvAppendRequestCnt\":0,\"sendAppendRequestCnt\":0\\}";
    assertTrue(self.body().matches(expected), self.body());
    assertEquals(
        "{\"leader\":\"8e9e05c52164694d\",\"followers\":{}}",
        Wire.ask(port, "GET", "/v2/stats/leader").body());
  }

  @Test
  void statisticsOfTheStoreCount() throws IOException {
    long setsBefore = storeCounter("setsSuccess");
    long getsBefore = storeCounter("getsSuccess");
    Wire.askForm(port, "PUT", "/v2/keys/counted", "value=x");
    Wire.ask(port, "GET", "/v2/keys/counted");
    assertEquals(setsBefore + 1, storeCounter("setsSuccess"));
    assertEquals(getsBefore + 1, storeCounter("getsSuccess"));
    assertEquals(
        "getsSuccess getsFail setsSuccess setsFail deleteSuccess deleteFail updateSuccess"
            + " updateFail createSuccess createFail compareAndSwapSuccess compareAndSwapFail"
            + " compareAndDeleteSuccess compareAndDeleteFail expireCount watchers",
        Wire.ask(port, "GET", "/v2/stats/store")
            .body()
            .replaceAll("[{}\"]|:\\d+", "")
            .replace(',', ' '));
  }

  @Test
  void metricsAreThereForAnyMethod() throws IOException {
    Wire.ask(port, "GET", "/v2/keys/none");
    for (String method : List.of("GET", "POST", "DELETE")) {
      Answer metrics = Wire.ask(port, method, "/metrics");
      assertEquals(200, metrics.status());
      assertEquals("text/plain; version=0.0.4", metrics.header("Content-Type"));
      for (String sample :
          List.of(
              "\netcd_http_received_total{method=\"GET\"} ",
              "\netcd_http_failed_total{method=\"GET\",code=\"404\"} ",
              "\netcd_store_writes_total{action=\"setsSuccess\"} ",
              "\netcd_store_watchers 0\n",
              "\netcd_server_pending_proposal_total 0\n",
              "\netcd_server_has_leader 1\n",
              "\netcd_server_is_leader 1\n")) {
        assertTrue(metrics.body().contains(sample), sample);
      }
    }
  }

  @Test
  void proposalsAreTimed() throws IOException {
    long timed = sample("etcd_server_proposal_durations_seconds_count");
    assertEquals(201, Wire.askForm(port, "PUT", "/v2/keys/timed", "value=x").status());
    assertEquals(timed + 1, sample("etcd_server_proposal_durations_seconds_count"));
    assertEquals(0, sample("etcd_server_proposal_failed_total"));
  }

  private static long sample(String name) throws IOException {
    String line =
        Wire.ask(port, "GET", "/metrics")
            .body()
            .lines()
            .filter(each -> each.startsWith(name + " "))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.substring(name.length() + 1));
  }

  @Test
  void variablesAreAnObject() throws IOException {
    Answer vars = Wire.ask(port, "GET", "/debug/vars");
    assertEquals("application/json; charset=utf-8", vars.header("Content-Type"));
    assertTrue(vars.body().startsWith("{\n\"cmdline\": ["), vars.body());
    assertTrue(vars.body().contains(",\n\"raft.status\": {\"id\":\"8e9e05c52164694d\""));
    assertTrue(vars.body().endsWith("}\n}\n"));
  }

  @Test
  void theLogLevelIsSet() throws IOException {
    assertEquals(204, setLevel("{\"level\":\"debug\"} and more").status());
    assertEquals(204, setLevel("{\"Level\":\"1\",\"other\":2}").status());
    assertEquals(
        List.of(LogLevel.DEBUG, LogLevel.WARNING),
        server.levels().reversed().subList(0, 2).reversed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"Level\":\"loud\"}|Invalid log level loud",
        "{\"Level\":\"6\"}|Invalid log level 6",
        "{}|Invalid log level ",
        "{\"Level\":1}|Invalid json body",
        "[]|Invalid json body",
        "{|Invalid json body",
        "''|Invalid json body"
      },
      ignoreLeadingAndTrailingWhitespace = false)
  void aLogLevelThatIsNoneIsRefused(String body, String message) throws IOException {
    Answer refused = setLevel(body);
    assertEquals(400, refused.status());
    assertEquals("{\"message\":\"" + message + "\"}", refused.body());
    assertEquals("application/json", refused.header("Content-Type"));
  }

  @Test
  void authIsOff() throws IOException {
    Answer enabled = Wire.ask(port, "GET", "/v2/auth/enable");
    assertEquals(200, enabled.status());
    assertEquals("{\"enabled\":false}\n", enabled.body());
    assertEquals("application/json", enabled.header("Content-Type"));
    assertEquals("cdf818194e3a8c32", enabled.header("X-Etcd-Cluster-Id"));
  }

  private static long storeCounter(String name) throws IOException {
    String body = Wire.ask(port, "GET", "/v2/stats/store").body();
    return Long.parseLong(body.replaceAll(".*\"" + name + "\":(\\d+).*", "$1"));
  }

  private static Answer setLevel(String body) throws IOException {
    try (Wire wire = Wire.to(port)) {
      wire.request("PUT", "/config/local/log", "Content-Length: " + body.length());
      return wire.send(body).answer("PUT");
    }
  }
}
