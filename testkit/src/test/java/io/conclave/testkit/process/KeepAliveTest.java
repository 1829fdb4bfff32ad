package io.conclave.testkit.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Linux shows which of a member's connections it is going to probe, and when. */
class KeepAliveTest {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final long PAUSE_NANOS = 20_000_000;

  /** "Another timer", which on an idle connection is the one of the keep-alive. */
  private static final String KEEP_ALIVE = "02";

  private static final int HUNDREDTHS_MAX = 30 * 100;

  @TempDir private Path home;
  private MemberProcess member;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Files.exists(TABLES.getFirst()), "only Linux shows timers");
    member = MemberProcess.prepare(LaunchCommand.member(), "one", home);
    member.start(List.of());
    member.awaitReady();
  }

  @AfterEach
  void end() {
    if (member != null) {
      member.close();
    }
  }

  @Test
  void connectionsOfClientsAndPeersAreProbedAfterHalfAMinute() throws Exception {
    String watch = "GET /v2/keys/a?wait=true HTTP/1.1\r\nHost: a\r\n\r\n";
    assertProbed(member.clientUrl(), watch.getBytes(US_ASCII));
    assertProbed(member.peerUrl(), "GET /version".getBytes(US_ASCII));
    assertProbed(member.peerUrl(), new byte[] {1, 'c', 'v', '1', 2});
  }

  private void assertProbed(URI url, byte[] first) throws Exception {
    try (Socket client = new Socket(url.getHost(), url.getPort())) {
      client.getOutputStream().write(first);
      long deadline = System.nanoTime() + ProcessCluster.PATIENCE.toNanos();
      while (!isProbedSoon(timer(url.getPort(), client.getLocalPort()))) {
        member.requireAlive();
        assertTrue(System.nanoTime() < deadline, "not probed: a connection to " + url);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private static boolean isProbedSoon(Optional<String> timer) {
    return timer
        .map(text -> text.split(":"))
        .filter(kindAndTime -> kindAndTime[0].equals(KEEP_ALIVE))
        .filter(kindAndTime -> Long.parseLong(kindAndTime[1], 16) <= HUNDREDTHS_MAX)
        .isPresent();
  }

  /** Of the end of a connection that has these ports: kind and hundredths of seconds, in hex. */
  private static Optional<String> timer(int localPort, int remotePort) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path table : TABLES) {
      if (Files.exists(table)) {
        lines.addAll(Files.readAllLines(table));
      }
    }
    return lines.stream()
        .map(line -> line.strip().split(" +"))
        .filter(fields -> fields[1].endsWith(":%04X".formatted(localPort)))
        .filter(fields -> fields[2].endsWith(":%04X".formatted(remotePort)))
        .map(fields -> fields[5])
        .findAny();
  }
}
