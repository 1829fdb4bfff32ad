package io.conclave.testkit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.process.LaunchCommand;
import io.conclave.testkit.process.MemberProcess;
import io.conclave.testkit.process.ProcessCluster;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One of three members has a disk that another process fills, to the last byte. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class FullDiskClusterTest {
  private static final int DISK_MEBIBYTES = 160;
  private static final long BELOW_THE_RESERVE = 40L << 20;
  private static final int STOPPED = 143;
  private static final String WAITS = "the disk is full: the journal waits for room";
  private static final String NOT_SAVED = "the identities of peers can't be saved";

  @TempDir private Path home;
  private ProcessCluster cluster;
  private MemberProcess full;
  private SmallDisk disk;

  @BeforeEach
  void form() throws Exception {
    cluster = ProcessCluster.prepare(LaunchCommand.member(), 3, home);
    full = cluster.member(2);
    disk = SmallDisk.mount(full.dataDirectory(), DISK_MEBIBYTES);
    cluster.form();
    while (leader() == full) {
      assertEquals(STOPPED, full.terminate());
      cluster.start(full);
      full.awaitReady();
    }
    put(full, "before");
    disk.fill(BELOW_THE_RESERVE);
  }

  @AfterEach
  void end() throws Exception {
    cluster.close();
    if (disk != null) {
      disk.unmount();
    }
  }

  @Test
  void aFollowerOnANearlyFullDiskSaysSoAndKeepsReading() throws Exception {
    cluster.awaitFact("its refusal", () -> says(tryPut(full, "refused"), "no space"));
    assertEquals(200, get(full, "before?quorum=true").head().status());
    put(leader(), "elsewhere");
    assertTrue(says(get(full, "elsewhere?quorum=true"), "no space"));
    assertEquals(404, get(full, "elsewhere").head().status());
    assertEquals(404, get(leader(), "refused").head().status());
    disk.free();
    awaitAgreement("elsewhere");
  }

  @Test
  void aFollowerOnAFullDiskOutlivesElectionsAndRestartsOfItsPeers() throws Exception {
    disk.fill(0);
    MemberProcess killed = leader();
    killed.kill();
    cluster.awaitFact("an election", () -> full.log().contains(WAITS));
    assertEquals(200, get(full, "before").head().status());

    cluster.start(killed);
    killed.awaitReady();
    put(killed, "while-full");
    cluster.awaitFact("a meeting", () -> full.log().contains(NOT_SAVED));
    assertEquals(200, get(full, "before").head().status());
    full.requireAlive();

    disk.free();
    awaitAgreement("while-full");
    cluster.awaitFact("room", () -> tryPut(full, "after").head().status() == 201);
    awaitAgreement("after");

    disk.fill(0);
    cluster.awaitFact(
        "another leader", () -> cluster.leader().filter(leader -> leader != full).isPresent());
    leader().kill();
    cluster.awaitFact("a second wait", () -> count(full.log(), WAITS) > 1);
    assertEquals(STOPPED, full.terminate(), full::lastWords);
  }

  private MemberProcess leader() throws Exception {
    return cluster.awaitLeader();
  }

  private void awaitAgreement(String key) throws Exception {
    for (MemberProcess member : cluster.members()) {
      cluster.awaitFact(
          key + " at " + member.name(), () -> get(member, key).head().status() == 200);
      assertEquals(200, get(member, key + "?quorum=true").head().status(), member::lastWords);
    }
    String tree = get(full, "?recursive=true&sorted=true").body().utf8();
    for (MemberProcess other : cluster.others(full)) {
      assertEquals(tree, get(other, "?recursive=true&sorted=true").body().utf8());
    }
  }

  private void put(MemberProcess member, String key) {
    WireResponse response = tryPut(member, key);
    assertEquals(201, response.head().status(), () -> response.body().utf8() + member.lastWords());
  }

  private static WireResponse tryPut(MemberProcess member, String key) {
    return exchange(member, WireRequest.form("PUT", "/v2/keys/" + key, "value=x"));
  }

  private static WireResponse get(MemberProcess member, String key) {
    return exchange(member, WireRequest.get("/v2/keys/" + key));
  }

  private static WireResponse exchange(MemberProcess member, WireRequest request) {
    try {
      return WireConnection.exchange(member.clientUrl(), request, ProcessCluster.PATIENCE);
    } catch (IOException e) {
      throw new AssertionError(request + member.lastWords(), e);
    }
  }

  private static boolean says(WireResponse response, String cause) {
    return response.head().status() == 500
        && response.body().utf8().contains("\"cause\":\"" + cause + "\"");
  }

  private static long count(String log, String line) {
    return log.lines().filter(each -> each.contains(line)).count();
  }
}
