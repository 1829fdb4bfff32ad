package io.conclave.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class AppendRateTest {
  private static final long MILLI = 1_000_000;

  private final AppendRate rate = new AppendRate();

  @Test
  void aRateNeedsTwoMessages() {
    assertEquals(new AppendRate.Reading(0, 0, 0), rate.read(0));
    rate.count(100, 0);
    assertEquals(new AppendRate.Reading(1, 0, 0), rate.read(0));
    rate.count(300, 500 * MILLI);
    assertEquals(new AppendRate.Reading(2, 4, 800), rate.read(500 * MILLI));
  }

  @Test
  void aRateIsForgottenInSilence() {
    rate.count(1, 0);
    rate.count(1, 10 * MILLI);
    assertEquals(200, rate.read(1010 * MILLI).messagesPerSecond(), 1e-9);
    assertEquals(new AppendRate.Reading(2, 0, 0), rate.read(1011 * MILLI));
    rate.count(7, 2000 * MILLI);
    rate.count(7, 2001 * MILLI);
    assertEquals(14_000, rate.read(2001 * MILLI).bytesPerSecond(), 1e-9);
  }

  @Test
  void aRateIsThatOfTheLastMessages() {
    rate.count(1 << 30, 0);
    for (int i = 1; i <= AppendRate.SAMPLES; i++) {
      rate.count(10, (1000 + i) * MILLI);
    }
    AppendRate.Reading reading = rate.read(1200 * MILLI);
    assertEquals(AppendRate.SAMPLES + 1, reading.total());
    assertEquals(AppendRate.SAMPLES / 0.199, reading.messagesPerSecond(), 1e-6);
    assertEquals(10 * AppendRate.SAMPLES / 0.199, reading.bytesPerSecond(), 1e-6);
  }
}
