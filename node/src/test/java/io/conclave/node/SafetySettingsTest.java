package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.conclave.settings.InvalidSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SafetySettingsTest {
  private final Config ours = ConfigFactory.load();

  private List<String> problems(String overridden) {
    Config other = ConfigFactory.parseString(overridden).withFallback(ours);
    return assertThrows(InvalidSettings.class, () -> SafetySettings.check(other)).problems();
  }

  @Test
  void oursAreFine() {
    SafetySettings.check(ours);
  }

  @Test
  void theSameValueMayBeSpelledOtherwise() {
    assertDoesNotThrow(
        () ->
            SafetySettings.check(
                ConfigFactory.parseString(
                        """
                        pekko.remote.artery.advanced.handshake-retry-interval = 0.2s
                        pekko.remote.artery.advanced.maximum-frame-size = 262144
                        pekko.actor.allow-java-serialization = false
                        """)
                    .withFallback(ours)));
  }

  @Test
  void everyOtherValueIsReported() {
    assertEquals(
        List.of(
            "conclave.persistence.journal.replay-filter.mode must be \"fail\", is \"off\"",
            "pekko.remote.artery.advanced.inbound-max-restarts must be 1000000, is 5",
            "pekko.remote.artery.untrusted-mode must be \"on\", is \"off\""),
        problems(
            """
            pekko.remote.artery.advanced.inbound-max-restarts = 5
            pekko.remote.artery.untrusted-mode = off
            conclave.persistence.journal.replay-filter.mode = off
            """));
    assertEquals(
        List.of("pekko.remote.artery.advanced.tcp-magic must be [\"\\u0001cv1\"], is []"),
        problems("pekko.remote.artery.advanced.tcp-magic = []"));
    assertEquals(1, problems("pekko.cluster.downing-provider-class = some.Provider").size());
  }
}
