package io.conclave.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.conclave.keyspace.KeySpaceSettings;
import io.conclave.keyspace.tree.HistoryLimits;
import io.conclave.raft.core.RaftOptions;
import io.conclave.settings.InvalidSettings;
import io.conclave.watch.WatchSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SettingsTest {
  private static final Config DEFAULTS = ConfigFactory.load();

  @Test
  void defaultsAreThoseOfEtcd() {
    RaftSettings raft = RaftSettings.from(DEFAULTS);
    assertEquals(Duration.ofMillis(10), raft.tick());
    assertEquals(new RaftOptions.Timing(100, 10), raft.core().timing());
    assertEquals(10_000, raft.core().compaction().snapshotEntries());
    assertEquals(new HistoryLimits(1000, 32 << 20), KeySpaceSettings.from(DEFAULTS).history());
    assertEquals(100_000, WatchSettings.from(DEFAULTS).watchersMax());
  }

  @Test
  void intervalsBecomeTicks() {
    RaftSettings raft = RaftSettings.from(with("tick=5ms, heartbeat-interval=50ms"));
    assertEquals(new RaftOptions.Timing(200, 10), raft.core().timing());
  }

  @Test
  void everyBadKeyIsReported() {
    Config bad = with("tick=0ms, election-timeout=200ms, restarts.max=-1, pending.reads-max=x");
    List<String> problems =
        assertThrows(InvalidSettings.class, () -> RaftSettings.from(bad)).problems();
    for (String key : List.of("tick", "election-timeout", "restarts.max", "pending.reads-max")) {
      String name = "conclave.raft." + key + " ";
      assertTrue(problems.stream().anyMatch(p -> p.startsWith(name)), key + ": " + problems);
    }
  }

  @Test
  void theWaitBeforeARestartDoublesUpToItsLimit() {
    RaftSettings.Restarts restarts =
        new RaftSettings.Restarts(
            5, Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofMinutes(1));
    assertEquals(Duration.ofMillis(200), restarts.backoff(1));
    assertEquals(Duration.ofMillis(400), restarts.backoff(2));
    assertEquals(Duration.ofMillis(800), restarts.backoff(3));
    assertEquals(Duration.ofSeconds(1), restarts.backoff(4));
    assertEquals(Duration.ofSeconds(1), restarts.backoff(1000));
  }

  private static Config with(String keys) {
    return ConfigFactory.parseString("conclave.raft { " + keys + " }").withFallback(DEFAULTS);
  }
}
