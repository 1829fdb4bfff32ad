package io.conclave.testkit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemberProcessTest {
  private static final Duration PATIENT = Duration.ofSeconds(30);

  @TempDir private Path home;
  private MemberProcess member;

  @BeforeEach
  void prepare() throws IOException {
    LaunchCommand command =
        new LaunchCommand(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                "target/test-classes",
                StubMember.class.getName(),
                "{data}",
                "{client}",
                "{args}"));
    member = MemberProcess.prepare(command, "stub", home);
  }

  @AfterEach
  void end() {
    member.close();
  }

  @Test
  void dataAndUrlsStayOverAKill() throws Exception {
    member.start(List.of());
    assertEquals(1, member.awaitReady(Duration.ZERO, PATIENT));
    member.kill();
    IllegalStateException ended =
        assertThrows(IllegalStateException.class, () -> member.requireAlive());
    assertTrue(ended.getMessage().contains("stub ended with 137"), ended.getMessage());
    member.start(List.of("--flag", "x"));
    assertEquals(2, member.awaitReady(Duration.ZERO, PATIENT));
    assertTrue(member.log().contains("started with []\nstarted with [--flag, x]\n"));
    assertThrows(IllegalStateException.class, () -> member.start(List.of()));
  }

  @Test
  void theExitCodeOfAPoliteEndIsTold() throws Exception {
    member.start(List.of());
    member.awaitReady(Duration.ZERO, PATIENT);
    assertEquals(143, member.terminate());
  }

  @Test
  void aMemberThatEndsInsteadOfBecomingReadyFailsAtOnceWithItsLog() throws Exception {
    member.start(List.of("--fail"));
    IllegalStateException ended =
        assertThrows(IllegalStateException.class, () -> member.awaitReady(Duration.ZERO, PATIENT));
    assertTrue(ended.getMessage().contains("ended with 3"), ended.getMessage());
    assertTrue(ended.getMessage().contains("started with [--fail]"), ended.getMessage());
  }

  @Test
  void aPausedMemberAnswersAgainWhenItIsResumed() throws Exception {
    member.start(List.of());
    member.awaitReady(Duration.ZERO, PATIENT);
    member.pause();
    Duration soon = Duration.ofMillis(200);
    assertThrows(
        SocketTimeoutException.class,
        () -> WireConnection.exchange(member.clientUrl(), WireRequest.get("/"), soon));
    assertThrows(TimeoutException.class, () -> member.awaitReady(Duration.ZERO, soon));
    member.resume();
    assertEquals(1, member.awaitReady(Duration.ZERO, PATIENT));
  }
}
