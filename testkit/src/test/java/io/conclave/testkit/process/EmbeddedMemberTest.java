package io.conclave.testkit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.conclave.node.RunningMember;
import io.conclave.testkit.wire.Readiness;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members in a JVM that goes on when they end. */
final class EmbeddedMemberTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path home;
  private final FreePorts a = FreePorts.take();
  private final FreePorts b = FreePorts.take();
  private final List<RunningMember> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(RunningMember::close);
  }

  @Test
  void aStoppedOneStartsAgainOnItsData() throws Exception {
    String alone = "a=" + a.peerUrl();
    RunningMember first = start("a", a, alone);
    awaitReady(a);
    assertEquals(201, exchange(a, WireRequest.form("PUT", "/v2/keys/k", "value=1")));
    first.close();
    awaitEnd(first);
    start("a", a, alone);
    awaitReady(a);
    assertEquals(200, exchange(a, WireRequest.get("/v2/keys/k")));
  }

  @Test
  void oneThatWasRemovedEndsByItself() throws Exception {
    String cluster = "a=" + a.peerUrl() + ",b=" + b.peerUrl();
    start("a", a, cluster);
    RunningMember removed = start("b", b, cluster);
    awaitReady(a);
    awaitReady(b);
    String path = "/v2/members/" + idOf("b");
    assertEquals(204, exchange(a, new WireRequest("DELETE", path, List.of(), Optional.empty())));
    awaitEnd(removed);
    assertEquals(201, exchange(a, WireRequest.form("PUT", "/v2/keys/k", "value=1")));
  }

  private RunningMember start(String name, FreePorts ports, String cluster) throws Exception {
    RunningMember member =
        RunningMember.start(
            List.of(
                "--name=" + name,
                "--data-dir=" + home.resolve(name),
                "--listen-client-urls=" + ports.clientUrl(),
                "--advertise-client-urls=" + ports.clientUrl(),
                "--listen-peer-urls=" + ports.peerUrl(),
                "--initial-advertise-peer-urls=" + ports.peerUrl(),
                "--initial-cluster=" + cluster));
    started.add(member);
    return member;
  }

  private String idOf(String name) throws IOException {
    String list = ask(a, WireRequest.get("/v2/members")).body().utf8();
    for (JsonNode member : new ObjectMapper().readTree(list).path("members")) {
      if (member.path("name").asText().equals(name)) {
        return member.path("id").asText();
      }
    }
    throw new AssertionError(name + " is none of " + list);
  }

  private static void awaitEnd(RunningMember member) throws Exception {
    member.ended().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static void awaitReady(FreePorts ports) throws Exception {
    Readiness.await(ports.clientUrl(), Duration.ZERO, PATIENCE, () -> {});
  }

  private static int exchange(FreePorts ports, WireRequest request) throws IOException {
    return ask(ports, request).head().status();
  }

  private static WireResponse ask(FreePorts ports, WireRequest request) throws IOException {
    return WireConnection.exchange(ports.clientUrl(), request, PATIENCE);
  }
}
