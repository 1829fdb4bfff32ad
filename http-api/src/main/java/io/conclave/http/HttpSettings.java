package io.conclave.http;

import com.typesafe.config.Config;
import io.conclave.settings.InvalidSettings;
import io.conclave.settings.SettingsReader;
import java.time.Duration;
import java.util.List;

/**
 * Limits and times of the HTTP servers; each is explained at its key in {@code reference.conf}.
 *
 * @param connectionsMax open at one time, of one server
 * @param idleTimeout after which a connection without a request is closed
 * @param stopGrace how long requests in progress may take when the server stops
 * @param formBytesMax of a form body
 * @param bodiesBytesMax of all bodies that one server is reading
 * @param keyBytesMax of a key
 * @param keyDepthMax components of a key
 * @param valueBytesMax of a value
 * @param answersBytesMax of all large answers that are being made or sent
 * @param watchQueueEvents events that wait for one slow reader
 * @param watchBytesMax of all events that wait for slow readers
 * @param corsOrigins as {@code --cors} gives them
 */
public record HttpSettings(
    int connectionsMax,
    Duration idleTimeout,
    Duration stopGrace,
    int formBytesMax,
    long bodiesBytesMax,
    int keyBytesMax,
    int keyDepthMax,
    int valueBytesMax,
    long answersBytesMax,
    int watchQueueEvents,
    long watchBytesMax,
    List<String> corsOrigins) {
  private static final Duration LONGEST = Duration.ofDays(1);

  /** With a key of 1 MiB beside it, a command of this length travels between members as one. */
  private static final int COMMAND_PART_BYTES_MAX = 10 << 20;

  private static final int REFUSED_MAX = 256;
  private static final int REFUSED_PART = 8;

  public HttpSettings {
    corsOrigins = List.copyOf(corsOrigins);
  }

  /** Pages of every origin may read what the clients' server answers. */
  public boolean allowsAnyOrigin() {
    return Cors.allowsAny(corsOrigins);
  }

  /**
   * @param root the whole configuration
   * @throws InvalidSettings naming every bad key
   */
  public static HttpSettings from(Config root) {
    SettingsReader reader = new SettingsReader(root, "conclave.http");
    int formBytesMax = (int) reader.bytes("form-bytes-max", 1, COMMAND_PART_BYTES_MAX);
    HttpSettings settings =
        new HttpSettings(
            reader.integer("connections-max", 1, 1_000_000),
            reader.duration("idle-timeout", Duration.ofSeconds(1), LONGEST),
            reader.duration("stop-grace", Duration.ZERO, Duration.ofMinutes(1)),
            formBytesMax,
            reader.bytesOrShare("bodies-bytes-max", formBytesMax + 1L, 1L << 40),
            (int) reader.bytes("key-bytes-max", 1, 1 << 20),
            reader.integer("key-depth-max", 1, 100_000),
            (int) reader.bytes("value-bytes-max", 1, COMMAND_PART_BYTES_MAX),
            reader.bytesOrShare("answers-bytes-max", 1, Integer.MAX_VALUE),
            reader.integer("watch-queue-events", 1, 1_000_000),
            reader.bytes("watch-bytes-max", 1, 1L << 40),
            List.of(reader.text("cors").split(",", -1)));
    reader.finish();
    return settings;
  }

  /**
   * The same with no more connections at one time, those included that are told that they are too
   * many, than {@code descriptors} allow.
   */
  public HttpSettings within(int descriptors) {
    long fitting = Math.max(descriptors * (long) REFUSED_PART / (REFUSED_PART + 1), 1);
    fitting = Math.max(fitting, (long) descriptors - REFUSED_MAX);
    return new HttpSettings(
        (int) Math.min(connectionsMax, fitting),
        idleTimeout,
        stopGrace,
        formBytesMax,
        bodiesBytesMax,
        keyBytesMax,
        keyDepthMax,
        valueBytesMax,
        answersBytesMax,
        watchQueueEvents,
        watchBytesMax,
        corsOrigins);
  }

  /** Connections beyond the limit that still get a sentence. */
  int refusedMax() {
    return Math.clamp(connectionsMax / REFUSED_PART, 1, REFUSED_MAX);
  }
}
