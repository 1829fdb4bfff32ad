package io.conclave.testkit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.conclave.testkit.process.LaunchCommand;
import io.conclave.testkit.process.MemberProcess;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A killed process says nothing about syncs, because the page cache outlives it. So this looks at
 * the system calls of a member that really runs: a success leaves only after the sync that covers
 * it. It is watched twice, from outside and from within, because either may be impossible
 * somewhere.
 */
class SyncBeforeSuccessTest {
  /** Environment variable: {@code required} where these tests may not be skipped both. */
  private static final String SYSCALLS = "CONCLAVE_SYSCALL_TESTS";

  private static final int WRITES = 200;
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final String KEY = "/v2/keys/synced";
  private static final Path SHIM = Path.of("src/test/native/syscall_log.c");

  @TempDir private Path home;

  @Test
  void noSuccessLeavesBeforeItsSyncAsTheKernelSeesIt() throws Exception {
    Path trace = home.resolve("trace");
    watchable(canTrace(), "strace is missing or may not trace", canCompile());
    List<String> strace =
        List.of(
            "strace",
            "-D",
            "-f",
            "-qq",
            "-ttt",
            "-y",
            "-s",
            "256",
            "--seccomp-bpf",
            "-o",
            trace.toString(),
            "-e",
            "trace=read,readv,recvfrom,fdatasync,fsync,msync,write,sendto,sendmsg,writev");
    MemberProcess member =
        MemberProcess.prepare(LaunchCommand.member().under(strace), "traced", home);
    assertOrder(member, trace);
  }

  @Test
  void noSuccessLeavesBeforeItsSyncAsTheLibraryCallsIt() throws Exception {
    Path library = home.resolve("syscall_log.so");
    watchable(canCompile(), "there is no C compiler for the preloaded log", canTrace());
    assertTrue(
        succeeds(
            "cc",
            "-O2",
            "-Wall",
            "-Werror",
            "-shared",
            "-fPIC",
            "-o",
            library.toString(),
            SHIM.toString(),
            "-ldl"),
        "the preloaded log does not compile");
    Path trace = home.resolve("trace");
    Map<String, String> preloaded =
        Map.of("LD_PRELOAD", library.toString(), "SYSCALL_LOG", trace.toString());
    MemberProcess member =
        MemberProcess.prepare(LaunchCommand.member(), preloaded, "preloaded", home);
    assertOrder(member, trace);
  }

  /** One of the two ways may be closed; where it must be, as in our own CI, one must be open. */
  private static void watchable(boolean thisWay, String whyNot, boolean otherWay) {
    boolean required = "required".equals(System.getenv(SYSCALLS));
    assertTrue(
        thisWay || otherWay || !required,
        () -> whyNot + ", nor is there another way to see the calls, and " + SYSCALLS + " is set");
    assumeTrue(thisWay, whyNot);
  }

  private boolean canTrace() throws InterruptedException {
    return succeeds("strace", "-f", "-o", home.resolve("probe").toString(), "true");
  }

  private static boolean canCompile() throws InterruptedException {
    return succeeds("cc", "--version");
  }

  private static void assertOrder(MemberProcess member, Path trace) throws Exception {
    Optional<ProcessHandle> tracer;
    try (member) {
      member.start(List.of());
      member.awaitReady();
      write(member);
      tracer = tracerOf(member);
    }
    if (tracer.isPresent()) {
      tracer.get().onExit().get(1, TimeUnit.MINUTES);
    }
    List<String> lines = Files.readAllLines(trace, StandardCharsets.ISO_8859_1);
    SyscallOrder order = SyscallOrder.of(lines, KEY);
    List<String> violations = order.violations();
    assertEquals(0, violations.size(), () -> violations.getFirst() + " and others left too early");
    assertEquals(WRITES, order.successes(), "successes seen in " + lines.size() + " calls");
  }

  /** Who traces it; the trace is complete when that process has ended. */
  private static Optional<ProcessHandle> tracerOf(MemberProcess member) throws IOException {
    try (Stream<String> status = Files.lines(Path.of("/proc/" + member.pid() + "/status"))) {
      return status
          .filter(line -> line.startsWith("TracerPid:"))
          .map(line -> Long.parseLong(line.substring("TracerPid:".length()).strip()))
          .findFirst()
          .flatMap(ProcessHandle::of);
    }
  }

  private static void write(MemberProcess member) throws IOException {
    try (WireConnection connection = WireConnection.open(member.clientUrl(), ANSWER)) {
      for (int i = 0; i < WRITES; i++) {
        String value = "value=v" + i + "-" + "x".repeat(i % 50 == 0 ? 50_000 : 10);
        WireResponse response = connection.exchange(WireRequest.form("PUT", KEY + i % 7, value));
        assertTrue(response.head().status() / 100 == 2, () -> response.body().utf8());
      }
    }
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
