package io.conclave.testkit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Scanner;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FreePortTest {
  private static final int COUNT = 65_536 - 10_000;

  @Test
  void noneIsOfTheEphemeralRangeOrGivenTwice() throws Exception {
    Path told = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    String range = Files.exists(told) ? Files.readAllLines(told).getFirst() : "32768 60999";
    try (Scanner bounds = new Scanner(range)) {
      int first = bounds.nextInt();
      int last = bounds.nextInt();
      boolean everywhere = first <= 10_000 && last == 65_535;
      Set<Integer> given = new HashSet<>();
      for (int i = 0; i < 500; i++) {
        int port = FreePort.take();
        assertTrue(everywhere || port < first || port > last, "ephemeral: " + port);
        assertTrue(given.add(port), "twice: " + port);
      }
    }
  }

  @Test
  void theAvoidedRangeIsSteppedOver() {
    FreePort ports = new FreePort(new FreePort.Range(10_001, 64_999), 0);
    for (int i = 0; i < 200; i++) {
      int port = ports.next();
      assertTrue(port == 10_000 || 65_000 <= port && port <= 65_535, "got " + port);
    }
  }

  @Test
  void afterTheLastPortComesTheFirst() {
    FreePort ports = new FreePort(new FreePort.Range(10_300, 65_300), COUNT - 1);
    Set<Boolean> low = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      low.add(ports.next() < 10_300);
    }
    assertTrue(low.contains(true));
  }

  @Test
  void aMachineThatLeavesNoneOutsideGetsOneInside() {
    FreePort ports = new FreePort(new FreePort.Range(1024, 65_535), 0);
    assertNotEquals(ports.next(), ports.next());
  }

  @Test
  void aPortInUseIsNotGiven() throws Exception {
    int start = FreePort.take() - 10_000;
    FreePort.Range nothing = new FreePort.Range(0, 0);
    try (ServerSocket taken = new ServerSocket(start + 10_000)) {
      assertNotEquals(taken.getLocalPort(), new FreePort(nothing, start).next());
    }
    assertEquals(start + 10_000, new FreePort(nothing, start).next());
  }

  @Test
  void itEndsWhenAllAreGiven() {
    FreePort ports = new FreePort(new FreePort.Range(10_002, 65_535), 0);
    Set<Integer> given = new HashSet<>();
    assertThrows(
        IllegalStateException.class,
        () -> {
          while (given.size() < 3) {
            given.add(ports.next());
          }
        });
    assertFalse(given.size() > 2);
  }
}
