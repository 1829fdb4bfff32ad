package io.conclave.testkit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member that runs tells people, in its metrics and in its log. */
final class ToldByMembersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path home;

  @Test
  void metricsOfTheLogAndTheJournalMove() throws Exception {
    try (MemberProcess member = MemberProcess.prepare(LaunchCommand.member(), "one", home)) {
      member.start(List.of("--snapshot-count", "20"));
      member.awaitReady();
      assertEquals(1, sample(member, "etcd_server_has_leader"));
      assertEquals(1, sample(member, "etcd_server_leader_changes_seen_total"));
      double synced = sample(member, "etcd_wal_fsync_durations_seconds_count");
      double index = sample(member, "etcd_wal_last_index_saved");
      double bytes = sample(member, "etcd_journal_appended_bytes_total");
      put(member, "x".repeat(1000));
      assertEquals(synced + 1, sample(member, "etcd_wal_fsync_durations_seconds_count"));
      assertEquals(index + 1, sample(member, "etcd_wal_last_index_saved"));
      assertEquals(index + 1, sample(member, "etcd_server_proposals_committed_total"));
      while (sample(member, "etcd_server_proposals_applied_total") <= index) {
        member.requireAlive(); // told after the answer, by the next message
      }
      assertTrue(sample(member, "etcd_journal_appended_bytes_total") > bytes + 1000);
      while (sample(member, "etcd_snapshot_save_total_durations_seconds_count") == 0) {
        member.requireAlive();
        put(member, "y"); // until the log is long enough for a snapshot
      }
      assertTrue(text(member).contains("\nconclave_build_info{version=\""));
    }
  }

  @Test
  void anotherNameOnTheSameDataIsToldAndCounts() throws Exception {
    try (MemberProcess member = MemberProcess.prepare(LaunchCommand.member(), "one", home)) {
      member.start(List.of());
      member.awaitReady();
      member.terminate();
      member.start(List.of());
      member.awaitReady();
      member.terminate();
      assertFalse(member.log().contains("under another name"), member::lastWords);
      member.start(List.of("--name", "two"));
      member.awaitReady();
      assertTrue(get(member, "/v2/members").contains("\"name\":\"two\""));
      assertTrue(
          member
              .log()
              .contains(
                  " W | node: this member comes back under another name, which counts from now on"),
          member::lastWords);
    }
  }

  private static void put(MemberProcess member, String value) throws IOException {
    WireRequest put = WireRequest.form("PUT", "/v2/keys/a", "value=" + value);
    WireConnection.exchange(member.clientUrl(), put, PATIENCE);
  }

  private static double sample(MemberProcess member, String name) throws IOException {
    return text(member)
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static String text(MemberProcess member) throws IOException {
    return get(member, "/metrics");
  }

  private static String get(MemberProcess member, String path) throws IOException {
    return WireConnection.exchange(member.clientUrl(), WireRequest.get(path), PATIENCE)
        .body()
        .utf8();
  }
}
