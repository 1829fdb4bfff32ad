package io.conclave.testkit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members that may open few files. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DescriptorLimitTest {
  private static final int DESCRIPTORS = 300;
  private static final int WATCHES = 400;
  private static final int WATCHES_MIN = 50;
  private static final int PEER_STRANGERS = 200;
  private static final int WRITES = 100;
  private static final String VALUE = "v".repeat(60_000);

  @TempDir private Path home;
  private final List<WireConnection> connections = new ArrayList<>();
  private MemberProcess member;

  @AfterEach
  void end() {
    connections.forEach(WireConnection::close);
    if (member != null) {
      member.close();
    }
  }

  /** With these segments the journal opens new files about every 17 writes. */
  @Test
  void moreConnectionsThanDescriptorsLeaveTheJournalItsOwn() throws Exception {
    start(DESCRIPTORS, "-Dconclave.persistence.segment-size=1MiB");
    member.awaitReady();
    WireConnection writer = open(member.clientUrl());
    write(writer, 0);
    List<WireConnection> watches = new ArrayList<>();
    for (int i = 0; i < WATCHES; i++) {
      tryAsk(member.clientUrl(), "/v2/keys/never?wait=true").ifPresent(watches::add);
    }
    for (int i = 0; i < PEER_STRANGERS; i++) {
      tryAsk(member.peerUrl(), "/version");
    }
    int watching = 0;
    for (WireConnection watch : watches) {
      watching += isWatching(watch) ? 1 : 0;
    }
    assertTrue(watching >= WATCHES_MIN, "only " + watching + member.lastWords());
    for (int i = 1; i <= WRITES; i++) {
      write(writer, i);
    }
    member.requireAlive();
    String log = member.log();
    assertTrue(log.contains("file descriptors limit the connections"), member::lastWords);
    assertTrue(log.contains("descriptors=" + DESCRIPTORS + " "), member::lastWords);
    assertFalse(log.contains("Too many open files"), member::lastWords);
  }

  @Test
  void fewerThanTheMemberNeedsItselfAreRefused() throws Exception {
    start(149);
    assertEquals(OptionalInt.of(1), member.awaitExit(ProcessCluster.PATIENCE), member::lastWords);
    List<String> said = member.log().lines().toList();
    assertEquals(1, said.size(), member::lastWords);
    assertTrue(
        said.getFirst()
            .endsWith(
                " E | node: only 149 file descriptors are allowed, a member needs 150: raise"
                    + " ulimit -n, or LimitNOFILE of systemd"),
        member::lastWords);
  }

  /** The fewest that it starts with are enough to serve. */
  @Test
  void theFewestThatAreNotRefusedAreEnough() throws Exception {
    start(150);
    member.awaitReady();
    write(open(member.clientUrl()), 0);
  }

  private void start(int descriptors, String... jvmFlags) throws IOException {
    List<String> limited =
        List.of("sh", "-c", "ulimit -n " + descriptors + " && exec \"$@\"", "sh");
    LaunchCommand command = LaunchCommand.member(List.of(jvmFlags)).under(limited);
    member = MemberProcess.prepare(command, "one", home);
    member.start(List.of());
  }

  private WireConnection open(URI url) throws IOException {
    WireConnection connection = WireConnection.open(url, ProcessCluster.PATIENCE);
    connections.add(connection);
    return connection;
  }

  /** Nothing if the connection is one too many and ends at once. */
  private Optional<WireConnection> tryAsk(URI url, String target) {
    try {
      WireConnection connection = open(url);
      connection.send(WireRequest.get(target));
      return Optional.of(connection);
    } catch (IOException closed) {
      return Optional.empty();
    }
  }

  private void write(WireConnection writer, int number) throws IOException {
    WireRequest put = WireRequest.form("PUT", "/v2/keys/k" + number % 10, "value=" + VALUE);
    WireResponse response = writer.exchange(put);
    int status = response.head().status();
    assertTrue(status == 200 || status == 201, () -> status + member.lastWords());
  }

  /** The others are told that they are too many, or just closed. */
  private static boolean isWatching(WireConnection connection) throws IOException {
    connection.limit(Duration.ofMinutes(1));
    try {
      int status = connection.readHead().status();
      assertTrue(status == 200 || status == 503, "" + status);
      return status == 200;
    } catch (SocketTimeoutException silent) {
      throw silent;
    } catch (IOException closed) {
      return false;
    }
  }
}
