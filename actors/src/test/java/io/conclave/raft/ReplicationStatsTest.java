package io.conclave.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.raft.core.MemberId;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplicationStatsTest {
  private static final long MILLI = 1_000_000;
  private static final MemberId FOLLOWER = new MemberId(2);

  private final ReplicationStats stats = new ReplicationStats();

  @Test
  void aRateNeedsTwoMessages() {
    AppendRate rate = stats.sent();
    assertEquals(new AppendRate.Reading(0, 0, 0), rate.read(0));
    rate.count(100, 0);
    assertEquals(new AppendRate.Reading(1, 0, 0), rate.read(0));
    rate.count(300, 500 * MILLI);
    assertEquals(new AppendRate.Reading(2, 4, 800), rate.read(500 * MILLI));
  }

  @Test
  void aRateIsForgottenInSilence() {
    AppendRate rate = stats.received();
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
    AppendRate rate = stats.sent();
    rate.count(1 << 30, 0);
    for (int i = 1; i <= AppendRate.SAMPLES; i++) {
      rate.count(10, (1000 + i) * MILLI);
    }
    AppendRate.Reading reading = rate.read(1200 * MILLI);
    assertEquals(AppendRate.SAMPLES + 1, reading.total());
    assertEquals(AppendRate.SAMPLES / 0.199, reading.messagesPerSecond(), 1e-6);
    assertEquals(10 * AppendRate.SAMPLES / 0.199, reading.bytesPerSecond(), 1e-6);
  }

  @Test
  void latenciesAddUp() {
    for (double millis : new double[] {2, 4, 4, 4, 5, 5, 7, 9}) {
      stats.acknowledged(FOLLOWER, millis);
    }
    stats.failed(FOLLOWER);
    FollowerStats follower = stats.followers().get(FOLLOWER);
    assertEquals(8, follower.successes());
    assertEquals(1, follower.failures());
    assertEquals(9, follower.latency().current());
    assertEquals(5, follower.latency().average(), 1e-9);
    assertEquals(2, follower.latency().standardDeviation(), 1e-9);
    assertEquals(2, follower.latency().minimum());
    assertEquals(9, follower.latency().maximum());
  }

  @Test
  void aNewLeaderKnowsNobodyYet() {
    stats.failed(FOLLOWER);
    stats.acknowledged(new MemberId(-1), 1);
    stats.acknowledged(new MemberId(3), 1);
    assertEquals(
        List.of(FOLLOWER, new MemberId(3), new MemberId(-1)),
        List.copyOf(stats.followers().keySet()));
    assertEquals(0x1p63, stats.followers().get(FOLLOWER).latency().minimum());
    stats.lead();
    assertEquals(List.of(), List.copyOf(stats.followers().keySet()));
  }
}
