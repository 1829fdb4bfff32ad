package io.conclave.persistence;

import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.SnapshotMeta;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the name of a snapshot file says about it, so that nothing must be read to choose one. */
record SnapshotName(LogPosition position, long cut, boolean installed)
    implements Comparable<SnapshotName> {
  private static final String HEX = "([0-9a-f]{16})";
  private static final Pattern PATTERN =
      Pattern.compile(HEX + "-" + HEX + "-" + HEX + "(-installed)?\\.snapshot");
  private static final Comparator<SnapshotName> ORDER =
      Comparator.<SnapshotName>comparingLong(name -> name.position.index())
          .thenComparingLong(name -> name.position.term())
          .thenComparingLong(SnapshotName::cut);

  /** Suffix of a file that is being written. */
  static final String TEMPORARY = ".tmp";

  static SnapshotName of(SnapshotMeta meta, SnapshotOwner owner) {
    return new SnapshotName(meta.position(), owner.cut(), owner.installed());
  }

  static Optional<SnapshotName> of(Path file) {
    Matcher matcher = PATTERN.matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var position = new LogPosition(number(matcher.group(2)), number(matcher.group(1)));
    return Optional.of(
        new SnapshotName(position, number(matcher.group(3)), matcher.group(4) != null));
  }

  private static long number(String hex) {
    return Long.parseLong(hex, 16);
  }

  Path in(Path directory) {
    return directory.resolve(toString());
  }

  @Override
  public int compareTo(SnapshotName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    String suffix = installed ? "-installed" : "";
    return String.format(
        "%016x-%016x-%016x%s.snapshot", position.index(), position.term(), cut, suffix);
  }
}
