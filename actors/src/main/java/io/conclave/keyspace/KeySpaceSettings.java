package io.conclave.keyspace;

import com.typesafe.config.Config;
import io.conclave.keyspace.tree.HistoryLimits;
import io.conclave.settings.InvalidSettings;
import io.conclave.settings.SettingsReader;
import java.time.Duration;

/**
 * Settings of the key space; each is explained at its key in {@code reference.conf}.
 *
 * @param history what the store remembers
 * @param limit how much its keys may take
 */
public record KeySpaceSettings(
    HistoryLimits history, TreeLimit limit, Duration expiryCheckInterval) {

  /**
   * @param root the whole configuration
   * @throws InvalidSettings naming every bad key
   */
  public static KeySpaceSettings from(Config root) {
    SettingsReader reader = new SettingsReader(root, "conclave.keyspace");
    KeySpaceSettings settings =
        new KeySpaceSettings(
            new HistoryLimits(
                reader.integer("history-events", 1, 10_000_000),
                reader.bytes("history-bytes-max", 0, 1L << 40)),
            new TreeLimit(reader.bytesOrShare("tree-bytes-max", 1, 1L << 40)),
            reader.duration("expiry-check-interval", Duration.ofMillis(1), Duration.ofMillis(100)));
    reader.finish();
    return settings;
  }
}
