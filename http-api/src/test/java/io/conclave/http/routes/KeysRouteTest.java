package io.conclave.http.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.http.routes.Wire.Answer;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys API over real connections (spec v2-keys §7, §17, §18). */
final class KeysRouteTest {
  private static final String CLUSTER = "cdf818194e3a8c32";
  private static TestServer server;
  private static int port;

  @BeforeAll
  static void start() {
    server = TestServer.start("conclave.http.form-bytes-max = 64 KiB");
    port = server.clientPort();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aWriteIsCreatedThenReplaced() throws IOException {
    Answer created = Wire.askForm(port, "PUT", "/v2/keys/write", "value=one");
    long index = Long.parseLong(created.header("X-Etcd-Index"));
    assertEquals(201, created.status());
    assertEquals(
        "{\"action\":\"set\",\"node\":{\"key\":\"/write\",\"value\":\"one\",\"modifiedIndex\":"
            + index
            + ",\"createdIndex\":"
            + index
            + "}}\n",
        created.body());
    assertEquals(200, Wire.askForm(port, "PUT", "/v2/keys/write", "value=two").status());
    assertEquals(200, Wire.ask(port, "DELETE", "/v2/keys/write").status());
    assertEquals(404, Wire.ask(port, "GET", "/v2/keys/write").status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?quorum=true"})
  void aSuccessTellsAllIndexes(String query) throws IOException {
    Answer answer = Wire.ask(port, "GET", "/v2/keys/" + query);
    assertEquals(200, answer.status());
    assertEquals("application/json", answer.header("Content-Type"));
    assertEquals(CLUSTER, answer.header("X-Etcd-Cluster-Id"));
    assertTrue(Long.parseLong(answer.header("X-Etcd-Index")) >= 3);
    assertTrue(Long.parseLong(answer.header("X-Raft-Index")) >= 4);
    assertEquals("2", answer.header("X-Raft-Term"));
    assertTrue(answer.has("Date"));
    assertFalse(answer.has("Server"));
  }

  @Test
  void anErrorTellsTheStoreIndexOnly() throws IOException {
    Answer missing = Wire.ask(port, "GET", "/v2/keys/missing/a");
    assertEquals(404, missing.status());
    assertEquals("application/json", missing.header("Content-Type"));
    assertEquals(CLUSTER, missing.header("X-Etcd-Cluster-Id"));
    assertEquals(
        "{\"errorCode\":100,\"message\":\"Key not found\",\"cause\":\"/missing\",\"index\":"
            + missing.header("X-Etcd-Index")
            + "}\n",
        missing.body());
    assertFalse(missing.has("X-Raft-Index"));
    assertFalse(missing.has("X-Raft-Term"));
  }

  @Test
  void aRequestErrorHasIndexZero() throws IOException {
    Answer refused = Wire.ask(port, "GET", "/v2/keys/a?wait=maybe");
    assertEquals(400, refused.status());
    assertEquals("0", refused.header("X-Etcd-Index"));
    assertEquals(
        "{\"errorCode\":209,\"message\":\"Invalid field\","
            + "\"cause\":\"invalid value for \\\"wait\\\"\",\"index\":0}\n",
        refused.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"%zz", "%", "x=%4"})
  void whatPekkoRefusesInAQueryIsAnsweredAsTheKeysApiWould(String query) throws IOException {
    Answer refused = Wire.ask(port, "GET", "/v2/keys/a?" + query);
    assertEquals(400, refused.status());
    assertEquals(CLUSTER, refused.header("X-Etcd-Cluster-Id"));
    String bad = query.substring(query.indexOf('%'));
    assertEquals(
        "{\"errorCode\":210,\"message\":\"Invalid POST form\","
            + "\"cause\":\"invalid URL escape \\\""
            + bad
            + "\\\"\",\"index\":0}\n",
        refused.body());
  }

  @Test
  void headAnswersAsGetWithoutTheBody() throws IOException {
    Wire.askForm(port, "PUT", "/v2/keys/head", "value=x");
    try (Wire wire = Wire.to(port)) {
      Answer get = wire.request("GET", "/v2/keys/head").answer("GET");
      Answer head = wire.request("HEAD", "/v2/keys/head").answer("HEAD");
      assertEquals(200, head.status());
      assertEquals(Integer.toString(get.body().length()), head.header("Content-Length"));
      assertEquals(get.header("Content-Type"), head.header("Content-Type"));
      assertEquals(get.header("X-Etcd-Index"), head.header("X-Etcd-Index"));
      assertEquals(404, wire.request("HEAD", "/v2/keys/none").answer("HEAD").status());
      assertEquals(400, wire.request("HEAD", "/v2/keys/a?wait=true").answer("HEAD").status());
      assertEquals(get.body(), wire.request("GET", "/v2/keys/head").answer("GET").body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PATCH", "TRACE", "get", "FOO", "CONNECT"})
  void otherMethodsAreNotAllowed(String method) throws IOException {
    Answer answer = Wire.ask(port, method, "/v2/keys/a");
    assertEquals(405, answer.status());
    assertEquals("HEAD,GET,PUT,POST,DELETE", answer.header("Allow"));
    assertEquals("text/plain; charset=utf-8", answer.header("Content-Type"));
    assertEquals("nosniff", answer.header("X-Content-Type-Options"));
    assertEquals("Method Not Allowed\n", answer.body());
    assertFalse(answer.has("X-Etcd-Cluster-Id"));
  }

  @Test
  void bytesThatAreNoTextLiveInKeysAndValues() throws IOException {
    Answer put = Wire.askForm(port, "PUT", "/v2/keys/%ff%00/b%2Fc", "value=%FE%0a");
    assertEquals(201, put.status());
    Answer get = Wire.ask(port, "GET", "/v2/keys%2F%ff%00%2fb/c/");
    assertTrue(
        get.body().contains("\"key\":\"/\\ufffd\\u0000/b/c\",\"value\":\"\\ufffd\\n\""),
        get.body());
    String swap = "prevValue=%FE%0a&value=x";
    assertEquals(200, Wire.askForm(port, "PUT", "/v2/keys/%ff%00/b/c", swap).status());
  }

  @Test
  void anAbsoluteTargetWorks() throws IOException {
    Wire.askForm(port, "PUT", "/v2/keys/absolute", "value=x");
    assertEquals(200, Wire.ask(port, "GET", "http://test/v2/keys/absolute").status());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, //v2//keys?a=b, /v2/keys?a=b",
    "PUT, /v2/keys/a/../b, /v2/keys/b",
    "DELETE, /v2/keys/%2e%2e/x, /v2/x",
    "POST, /v2/keys/a/./, /v2/keys/a/"
  })
  void anUncleanPathIsRedirected(String method, String target, String location) throws IOException {
    Answer answer = Wire.ask(port, method, target);
    assertEquals(301, answer.status());
    assertEquals(location, answer.header("Location"));
    assertFalse(answer.has("X-Etcd-Cluster-Id"));
    assertEquals(method.equals("GET"), !answer.body().isEmpty());
  }

  @Test
  void aBadEscapeInThePathIsABadRequest() throws IOException {
    try (Wire wire = Wire.to(port)) {
      Answer answer = wire.request("GET", "/v2/keys/%zz").answer("GET");
      assertEquals(400, answer.status());
      assertEquals("text/plain; charset=utf-8", answer.header("Content-Type"));
      assertTrue(answer.body().startsWith("400 Bad Request"), answer.body());
      assertTrue(wire.isAtEnd());
    }
  }

  @Test
  void bodiesMayComeInChunks() throws IOException {
    try (Wire wire = Wire.to(port)) {
      wire.request(
          "PUT",
          "/v2/keys/chunks",
          "Transfer-Encoding: chunked",
          "Content-Type: application/x-www-form-urlencoded");
      wire.send("6\r\nvalue=\r\n3\r\nabc\r\n0\r\n\r\n");
      Answer answer = wire.answer("PUT");
      assertEquals(201, answer.status());
      assertTrue(answer.body().contains("\"value\":\"abc\""), answer.body());
    }
  }

  @Test
  void aClientMayExpectToBeToldToContinue() throws IOException {
    try (Wire wire = Wire.to(port)) {
      wire.request(
          "PUT",
          "/v2/keys/continue",
          "Expect: 100-continue",
          "Content-Length: 7",
          "Content-Type: application/x-www-form-urlencoded");
      assertEquals(100, wire.head().status());
      assertEquals(201, wire.send("value=x").answer("PUT").status());
    }
  }

  @Test
  void anEmptyContentTypeIsNoneAndABadOneAnError() throws IOException {
    try (Wire wire = Wire.to(port)) {
      String[] empty = {"Content-Type: ", "Content-Length: 7"};
      wire.request("PUT", "/v2/keys/type", empty).send("value=x");
      Answer ignored = wire.answer("PUT");
      assertEquals(201, ignored.status());
      assertTrue(ignored.body().contains("\"value\":\"\""), ignored.body());
      String[] bad = {"Content-Type: a/b; c", "Content-Length: 7"};
      wire.request("PUT", "/v2/keys/type", bad).send("value=x");
      Answer refused = wire.answer("PUT");
      assertEquals(400, refused.status());
      assertTrue(refused.body().contains("mime: invalid media parameter"), refused.body());
    }
  }

  @Test
  void aFormThatIsTooLargeIsRefusedAndChangesNothing() throws IOException {
    Wire.askForm(port, "PUT", "/v2/keys/large", "value=small");
    try (Wire wire = Wire.to(port)) {
      String form = "value=" + "x".repeat(1 << 20);
      wire.request(
          "PUT",
          "/v2/keys/large",
          "Content-Length: " + form.length(),
          "Content-Type: application/x-www-form-urlencoded");
      Answer refused = wire.send(form).answer("PUT");
      assertEquals(400, refused.status());
      assertTrue(refused.body().contains("\"cause\":\"http: POST too large\""), refused.body());
      Answer get = wire.request("GET", "/v2/keys/large").answer("GET");
      assertTrue(get.body().contains("\"value\":\"small\""), get.body());
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    Wire.askForm(port, "PUT", "/v2/keys/pipe", "value=x");
    try (Wire wire = Wire.to(port)) {
      wire.request("GET", "/v2/keys/pipe").request("GET", "/version").request("GET", "/nothing");
      assertTrue(wire.answer("GET").body().contains("/pipe"));
      assertTrue(wire.answer("GET").body().contains("etcdserver"));
      assertEquals(404, wire.answer("GET").status());
    }
  }
}
