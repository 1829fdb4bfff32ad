package io.conclave.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.conclave.settings.InvalidSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PersistenceSettingsTest {
  private static Config with(String text) {
    return ConfigFactory.parseString(text).withFallback(ConfigFactory.load());
  }

  @Test
  void defaultsAreThoseOfTheReference() {
    assertEquals(
        new PersistenceSettings(
            Path.of("data"),
            Path.of("data", "journal"),
            "auto",
            16 << 20,
            32 << 20,
            Duration.ofMillis(20),
            Duration.ofSeconds(1),
            64 << 20,
            5),
        PersistenceSettings.from(with("conclave.persistence.directory = data")));
  }

  @Test
  void allBadValuesAreReportedTogether() {
    InvalidSettings invalid =
        assertThrows(
            InvalidSettings.class,
            () ->
                PersistenceSettings.from(
                    with("conclave.persistence { engine = rocks, segment-size = 1 }")));
    assertEquals(3, invalid.problems().size(), invalid.getMessage());
  }

  @Test
  void pluginsAreSetUpSoThatASlowOrFullDiskIsNoFailure() {
    Config persistence = with("").getConfig("conclave.persistence");
    assertEquals(Duration.ZERO, persistence.getDuration("journal.circuit-breaker.call-timeout"));
    assertEquals(
        Duration.ofMinutes(30),
        persistence.getDuration("snapshot-store.circuit-breaker.call-timeout"));
    assertEquals("fail", persistence.getString("journal.replay-filter.mode"));
    assertEquals(Duration.ofMinutes(30), persistence.getDuration("journal.recovery-event-timeout"));
    assertEquals(false, persistence.getBoolean("journal.write-response-global-order"));
    assertEquals(false, persistence.getBoolean("snapshot-store.snapshot-is-optional"));
  }
}
