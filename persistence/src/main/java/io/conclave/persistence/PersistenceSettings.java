package io.conclave.persistence;

import com.typesafe.config.Config;
import io.conclave.settings.SettingsReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * The settings below {@code conclave.persistence}; their meaning is told in this module's {@code
 * reference.conf}.
 *
 * @param directory data directory of the member; what is not told otherwise lies below it
 * @param journalDirectory of the segments; may lie on another disk
 * @param requestBytesMax most bytes of one write
 */
public record PersistenceSettings(
    Path directory,
    Path journalDirectory,
    String engine,
    int segmentBytes,
    int requestBytesMax,
    Duration sealAfter,
    Duration witnessInterval,
    long diskReserveBytes,
    int maxSnapshots) {

  /** The one persistent actor that this journal serves. */
  static final String PERSISTENCE_ID = "raft";

  private static final Set<String> ENGINES = Set.of("auto", "native", "java");
  private static final int KIBIBYTE = 1 << 10;
  private static final int MEBIBYTE = 1 << 20;

  /**
   * Reads and checks all settings.
   *
   * @param root the whole configuration
   * @throws io.conclave.settings.InvalidSettings listing every bad value
   */
  public static PersistenceSettings from(Config root) {
    var reader = new SettingsReader(root, "conclave.persistence");
    String directory = reader.text("directory");
    reader.check(!directory.isEmpty(), "directory", "is not set");
    String journal = reader.text("journal-directory");
    String engine = reader.text("engine");
    reader.check(ENGINES.contains(engine), "engine", "must be auto, native or java");
    var settings =
        new PersistenceSettings(
            Path.of(directory),
            journal.isEmpty() ? Path.of(directory, "journal") : Path.of(journal),
            engine,
            (int) reader.bytes("segment-size", 64 * KIBIBYTE, 256 * MEBIBYTE),
            (int) reader.bytes("request-size-max", 64 * KIBIBYTE, 128 * MEBIBYTE),
            reader.duration("seal-after", Duration.ofMillis(1), Duration.ofSeconds(10)),
            reader.duration("witness-interval", Duration.ofMillis(10), Duration.ofMinutes(1)),
            reader.bytes("disk-reserve", 0, Long.MAX_VALUE),
            reader.integer("max-snapshots", 0, 1_000_000));
    reader.finish();
    return settings;
  }

  Path snapshotDirectory() {
    return directory.resolve("snapshots");
  }

  Path libraryDirectory() {
    return directory.resolve("native");
  }

  Path witnessFile() {
    return directory.resolve("witness");
  }

  /** Large enough that LevelDB never turns a segment into tables while it is written. */
  int writeBufferBytes() {
    return 2 * segmentBytes + 2 * requestBytesMax;
  }
}
