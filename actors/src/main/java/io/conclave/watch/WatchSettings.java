package io.conclave.watch;

import com.typesafe.config.Config;
import io.conclave.settings.InvalidSettings;
import io.conclave.settings.SettingsReader;

/**
 * Limits of watching; each is explained at its key in {@code reference.conf}.
 *
 * @param watchersMax registered at one time
 * @param backlogEventsMax applied events that wait for the hub
 */
public record WatchSettings(int watchersMax, int backlogEventsMax) {

  /**
   * @param root the whole configuration
   * @throws InvalidSettings naming every bad key
   */
  public static WatchSettings from(Config root) {
    SettingsReader reader = new SettingsReader(root, "conclave.watch");
    WatchSettings settings =
        new WatchSettings(
            reader.integer("watchers-max", 1, 10_000_000),
            reader.integer("backlog-events-max", 1, 10_000_000));
    reader.finish();
    return settings;
  }
}
