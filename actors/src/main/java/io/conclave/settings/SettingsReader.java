package io.conclave.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads one section of the configuration into a settings record, checks ranges, and keeps going at
 * a problem, so that {@link #finish} reports all of them together. A value that could not be read
 * is replaced by the lowest legal one until then, and never seen by anybody.
 */
public final class SettingsReader {
  private final Config config;
  private final String section;
  private final List<String> problems = new ArrayList<>();

  /**
   * @param root the whole configuration
   * @param section the prefix of the module's keys, such as {@code conclave.raft}
   */
  public SettingsReader(Config root, String section) {
    this.config = root.getConfig(section);
    this.section = section;
  }

  /** A whole number within the given range, both ends included. */
  public int integer(String key, int min, int max) {
    return (int) whole(key, min, max);
  }

  public long whole(String key, long min, long max) {
    long value = read(key, config::getLong, min);
    return inRange(key, value >= min && value <= max, min + " to " + max, value) ? value : min;
  }

  /** A size such as {@code 64 MiB}. */
  public long bytes(String key, long min, long max) {
    long value = read(key, config::getBytes, min);
    return inRange(key, value >= min && value <= max, min + " to " + max + " bytes", value)
        ? value
        : min;
  }

  /**
   * A size, or a share of the largest heap that this JVM may have, such as {@code 15%}. A share is
   * brought into the range. Not for what all members have to agree on.
   */
  public long bytesOrShare(String key, long min, long max) {
    String written = text(key).strip();
    if (!written.endsWith("%")) {
      return bytes(key, min, max);
    }
    long share = Runtime.getRuntime().maxMemory() / 100 * read(key, this::percent, 1);
    return Math.clamp(share, min, max);
  }

  private int percent(String key) {
    String written = config.getString(key).strip();
    try {
      int percent = Integer.parseInt(written.substring(0, written.length() - 1).strip());
      check(percent >= 1 && percent <= 100, key, "must be 1% to 100%, is " + written);
      return percent;
    } catch (NumberFormatException noNumber) {
      throw new ConfigException.BadValue(config.origin(), key, "no percentage: " + written);
    }
  }

  public Duration duration(String key, Duration min, Duration max) {
    Duration value = read(key, config::getDuration, min);
    boolean legal = value.compareTo(min) >= 0 && value.compareTo(max) <= 0;
    return inRange(key, legal, min + " to " + max, value) ? value : min;
  }

  public boolean flag(String key) {
    return read(key, config::getBoolean, false);
  }

  public String text(String key) {
    return read(key, config::getString, "");
  }

  /** Adds a problem unless {@code holds}, for what concerns several keys. */
  public void check(boolean holds, String key, String problem) {
    if (!holds) {
      problems.add(section + "." + key + " " + problem);
    }
  }

  /** Throws {@link InvalidSettings} if there was any problem. */
  public void finish() {
    if (!problems.isEmpty()) {
      throw new InvalidSettings(problems);
    }
  }

  private <T> T read(String key, Function<String, T> reader, T instead) {
    try {
      return reader.apply(key);
    } catch (ConfigException unreadable) {
      problems.add(section + "." + key + " can't be read: " + unreadable.getMessage());
      return instead;
    }
  }

  private boolean inRange(String key, boolean legal, String range, Object value) {
    check(legal, key, "must be " + range + ", is " + value);
    return legal;
  }
}
