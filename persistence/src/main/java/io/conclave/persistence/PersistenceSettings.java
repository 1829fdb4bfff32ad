package io.conclave.persistence;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The settings below {@code conclave.persistence}, checked as a whole. Their meaning is told in
 * this module's {@code reference.conf}.
 *
 * @param directory data directory of the member; everything of this module lies below it
 * @param requestBytesMax most bytes of one write
 */
public record PersistenceSettings(
    Path directory,
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
  private static final int MEBIBYTE = 1 << 20;

  public PersistenceSettings {
    List<String> problems = new ArrayList<>();
    expect(problems, !directory.toString().isEmpty(), "directory is empty");
    expect(problems, ENGINES.contains(engine), "engine is not one of auto, native, java");
    expect(
        problems,
        segmentBytes >= 64 << 10 && segmentBytes <= 256 * MEBIBYTE,
        "segment-size is not between 64 KiB and 256 MiB");
    expect(
        problems,
        requestBytesMax >= 64 << 10 && requestBytesMax <= 128 * MEBIBYTE,
        "request-size-max is not between 64 KiB and 128 MiB");
    expect(problems, sealAfter.isPositive(), "seal-after is not positive");
    expect(problems, witnessInterval.isPositive(), "witness-interval is not positive");
    expect(problems, diskReserveBytes >= 0, "disk-reserve is negative");
    expect(problems, maxSnapshots >= 0, "max-snapshots is negative");
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("conclave.persistence: " + String.join("; ", problems));
    }
  }

  /**
   * Reads all settings.
   *
   * @param persistence the section {@code conclave.persistence}
   * @throws IllegalArgumentException listing every bad value
   */
  public static PersistenceSettings from(Config persistence) {
    List<String> problems = new ArrayList<>();
    String directory = read(problems, "", () -> persistence.getString("directory"));
    String engine = read(problems, "auto", () -> persistence.getString("engine"));
    int segment = bytes(problems, persistence, "segment-size");
    int request = bytes(problems, persistence, "request-size-max");
    Duration seal =
        read(problems, Duration.ofMillis(1), () -> persistence.getDuration("seal-after"));
    Duration witness =
        read(problems, Duration.ofMillis(1), () -> persistence.getDuration("witness-interval"));
    long reserve = read(problems, 0L, () -> persistence.getBytes("disk-reserve"));
    int snapshots = read(problems, 0, () -> persistence.getInt("max-snapshots"));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return new PersistenceSettings(
        Path.of(directory), engine, segment, request, seal, witness, reserve, snapshots);
  }

  Path journalDirectory() {
    return directory.resolve("journal");
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

  private static int bytes(List<String> problems, Config config, String key) {
    return read(problems, MEBIBYTE, () -> Math.toIntExact(config.getBytes(key)));
  }

  private static <T> T read(List<String> problems, T instead, Supplier<T> value) {
    try {
      return value.get();
    } catch (ConfigException | ArithmeticException e) {
      problems.add(e.getMessage());
      return instead;
    }
  }

  private static void expect(List<String> problems, boolean holds, String problem) {
    if (!holds) {
      problems.add(problem);
    }
  }
}
