package io.conclave.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.conclave.settings.InvalidSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpSettingsTest {
  private static final HttpSettings WANTED = HttpSettings.from(ConfigFactory.load());

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 100, 1000, 2303, 2304, 2305, 20_000, 20_255})
  void connectionsAndRefusalsFillWhatDescriptorsAllow(int descriptors) {
    HttpSettings settings = WANTED.within(descriptors);
    int unused = descriptors - settings.connectionsMax() - settings.refusedMax();
    assertEquals(0, unused, 1, settings::toString);
    assertEquals(WANTED.formBytesMax(), settings.formBytesMax());
  }

  @Test
  void enoughDescriptorsChangeNothing() {
    assertEquals(20_000, WANTED.connectionsMax());
    assertEquals(256, WANTED.refusedMax());
    assertEquals(WANTED, WANTED.within(20_256));
    assertEquals(WANTED, WANTED.within(Integer.MAX_VALUE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"form-bytes-max", "value-bytes-max"})
  void whatMembersCannotExchangeIsNotAccepted(String setting) {
    Config tooLarge = ConfigFactory.parseString("conclave.http." + setting + " = 10485761");
    Config config = tooLarge.withFallback(ConfigFactory.load());
    assertThrows(InvalidSettings.class, () -> HttpSettings.from(config));
  }
}
