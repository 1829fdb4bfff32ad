package io.conclave.testkit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SyscallOrderTest {
  private static final String REQUEST = "/v2/keys/a";
  private static final String RECEIVED =
      "10 1.0 read(7<socket:[1]>, \"PUT /v2/keys/a HTTP/1.1\\r\\nHost\", 8192) = 99";
  private static final String SENT =
      "11 1.5 write(7<socket:[1]>, \"HTTP/1.1 201 Created\\r\\n\", 300) = 300";
  private static final String SYNCED = "12 1.2 fdatasync(9</d/journal/1.log>) = 0";

  @Test
  void aSyncBetweenRequestAndAnswerCovers() {
    assertOrder(
        0, 2, RECEIVED, SYNCED, SENT, RECEIVED, "12 1.9 msync(0x7f, 4096, MS_SYNC) = 0", SENT);
  }

  @Test
  void noSyncIsAViolation() {
    assertOrder(1, 1, RECEIVED, SENT);
    assertOrder(1, 2, RECEIVED, SYNCED, SENT, RECEIVED, SENT);
  }

  @Test
  void aSyncThatBeganBeforeTheRequestDoesNotCover() {
    assertOrder(1, 1, SYNCED, RECEIVED, SENT);
    assertOrder(
        1, 1, "12 1.2 fsync(9 <unfinished ...>", RECEIVED, "12 1.3 <... fsync resumed>) = 0", SENT);
  }

  @Test
  void aSyncThatEndsAfterTheAnswerDoesNotCover() {
    assertOrder(
        1, 1, RECEIVED, "12 1.2 fsync(9 <unfinished ...>", SENT, "12 1.3 <... fsync resumed>) = 0");
  }

  @Test
  void aSyncInPiecesCoversWhenItEndsInTime() {
    assertOrder(
        0,
        1,
        "10 1.0 read(7, <unfinished ...>",
        "10 1.1 <... read resumed>\"PUT /v2/keys/a HTTP/1.1\"..., 8192) = 99",
        "12 1.2 fsync(9 <unfinished ...>",
        "12 1.3 <... fsync resumed>) = 0 <0.000100>",
        SENT);
  }

  @Test
  void aFailedSyncDoesNotCover() {
    assertOrder(1, 1, RECEIVED, "12 1.2 fsync(9) = -1 EIO (Input/output error)", SENT);
  }

  @Test
  void answersToOtherRequestsAndRefusalsDoNotCount() {
    assertOrder(0, 0, SENT);
    assertOrder(
        0, 0, RECEIVED, "11 1.5 write(7, \"HTTP/1.1 500 Internal\", 300) = 300", "+++ exited +++");
  }

  private static void assertOrder(int violations, int successes, String... trace) {
    SyscallOrder order = SyscallOrder.of(List.of(trace), REQUEST);
    assertEquals(violations, order.violations().size());
    assertEquals(successes, order.successes());
  }
}
