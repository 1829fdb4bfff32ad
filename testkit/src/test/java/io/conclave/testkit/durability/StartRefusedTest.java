package io.conclave.testkit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.process.LaunchCommand;
import io.conclave.testkit.process.MemberProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that can't succeed: one sentence for people, exit code 1, and nothing is touched. */
class StartRefusedTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int REFUSED = 1;

  @TempDir private Path home;
  @TempDir private Path otherHome;
  private MemberProcess member;

  @BeforeEach
  void prepare() throws IOException {
    member = MemberProcess.prepare(LaunchCommand.member(), "refused", home);
  }

  @AfterEach
  void end() {
    member.close();
  }

  @Test
  void aDataDirectoryThatAnotherProcessUses() throws Exception {
    try (MemberProcess first =
        MemberProcess.prepare(LaunchCommand.member(), "refused", otherHome)) {
      first.start(List.of());
      first.awaitReady();
      assertRefused(
          List.of("--data-dir", first.dataDirectory().toString()),
          "open wal error: file already locked");
      first.requireAlive();
    }
  }

  @Test
  void theDataOfAnotherProgram() throws Exception {
    Path data = member.dataDirectory();
    Files.createDirectories(data.resolve("member/wal"));
    Files.createDirectories(data.resolve("member/snap"));
    assertRefused(
        List.of(),
        data
            + " holds data of etcd, which only etcd can read: start with an empty --data-dir,"
            + " beside the running etcd, and copy the keys over the v2 API");
    try (Stream<Path> files = Files.walk(data)) {
      assertEquals(4, files.count());
    }
  }

  @Test
  void aFileWhereTheDataDirectoryShouldBe() throws Exception {
    Files.writeString(member.dataDirectory(), "a file");
    assertRefused(List.of(), "error listing data dir: " + member.dataDirectory());
    assertEquals("a file", Files.readString(member.dataDirectory()));
  }

  @Test
  void aDiskThatCanNotBeWritten() throws Exception {
    SmallDisk disk = SmallDisk.mount(otherHome.resolve("disk"), 16);
    try {
      disk.makeReadOnly();
      Path data = otherHome.resolve("disk/data");
      assertRefused(
          List.of("--data-dir", data.toString()),
          "cannot write to data directory %s: %s: Read-only file system".formatted(data, data));
    } finally {
      disk.unmount();
    }
  }

  @Test
  void aPortInUse() throws Exception {
    int port = member.clientUrl().getPort();
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertRefused(List.of(), "listen tcp 127.0.0.1:" + port + ": bind: address already in use");
      assertTrue(taken.isBound() && Files.notExists(member.dataDirectory()));
    }
  }

  /** Each of the two URLs can be listened on, as long as nobody listens on the other. */
  @Test
  void aPortThatIsTakenWhileItStarts() throws Exception {
    String patient = "-Dconclave.http.stop-grace=60s";
    member = MemberProcess.prepare(LaunchCommand.member(List.of(patient)), "refused", home);
    member.start(List.of("--listen-client-urls", member.peerUrl().toString()));
    assertEquals(OptionalInt.of(REFUSED), member.awaitExit(PATIENCE), member::lastWords);
    String address = "127.0.0.1:" + member.peerUrl().getPort();
    assertSaidOnce("listen tcp " + address + ": bind: address already in use");
    assertSaidOnce("stopping");
    assertSaidOnce("stopped");
  }

  private void assertSaidOnce(String sentence) {
    long times = member.log().lines().filter(line -> line.endsWith(": " + sentence)).count();
    assertEquals(1, times, member::lastWords);
  }

  private void assertRefused(List<String> arguments, String sentence) throws Exception {
    member.start(arguments);
    assertEquals(OptionalInt.of(REFUSED), member.awaitExit(PATIENCE), member::lastWords);
    List<String> said = member.log().lines().toList();
    assertEquals(1, said.size(), member::lastWords);
    assertTrue(said.getFirst().endsWith(" E | node: " + sentence), member::lastWords);
  }
}
