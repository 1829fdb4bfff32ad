package io.conclave.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SettingsReaderTest {
  private static final Config CONFIG =
      ConfigFactory.parseString("a.b { count = 7, size = 2 KiB, wait = 30 s, on = yes, name = x }");

  @Test
  void readsEachKindOfValue() {
    SettingsReader reader = new SettingsReader(CONFIG, "a.b");
    assertEquals(7, reader.integer("count", 7, 7));
    assertEquals(2048, reader.bytes("size", 1, 4096));
    assertEquals(
        Duration.ofSeconds(30), reader.duration("wait", Duration.ZERO, Duration.ofMinutes(1)));
    assertEquals(true, reader.flag("on"));
    assertEquals("x", reader.text("name"));
    reader.finish();
  }

  @Test
  void reportsAllProblemsTogetherByFullName() {
    SettingsReader reader = new SettingsReader(CONFIG, "a.b");
    reader.integer("count", 8, 9);
    reader.bytes("name", 1, 2);
    reader.duration("missing", Duration.ZERO, Duration.ZERO);
    reader.check(false, "wait", "must not be longer than count");
    InvalidSettings invalid = assertThrows(InvalidSettings.class, reader::finish);
    assertEquals(4, invalid.problems().size());
    assertEquals("a.b.count must be 8 to 9, is 7", invalid.problems().getFirst());
    assertEquals("a.b.wait must not be longer than count", invalid.problems().getLast());
  }
}
