package io.conclave.persistence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshot files of a member. A file gets its name only after it was forced, read back and
 * found right, so that a save that fails harms nothing. One save at a time.
 */
final class SnapshotDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotDirectory.class);

  /** The newest may turn out damaged, so there is always another one. */
  private static final int KEPT_MIN = 2;

  private final Path directory;
  private final int kept;

  /** Names of files that were read and found right in this process. */
  private final Set<SnapshotName> verified = ConcurrentHashMap.newKeySet();

  /**
   * @param maxSnapshots verified files to keep; 0 for all
   */
  SnapshotDirectory(Path directory, int maxSnapshots) {
    this.directory = directory;
    this.kept = maxSnapshots == 0 ? Integer.MAX_VALUE : Math.max(KEPT_MIN, maxSnapshots);
  }

  /**
   * The file with the highest index that verifies, among those that recovery may begin with.
   *
   * @throws DamagedData if the newest is damaged and came from another member: an older one would
   *     silently take this member back behind what it acknowledged
   */
  Optional<SnapshotFile> load(long cutMax) throws IOException {
    for (SnapshotName name : names().reversed()) {
      if (name.cut() > cutMax) {
        continue;
      }
      try {
        SnapshotFile file = verify(name.in(directory), name);
        verified.add(name);
        return Optional.of(file);
      } catch (IOException e) {
        if (name.installed()) {
          throw new DamagedData(
              "Snapshot " + name + " came from another member and nothing can stand in for it.", e);
        }
        String reason = e instanceof DamagedData damage ? damage.finding() : e.toString();
        LOG.atWarn()
            .addKeyValue("file", name)
            .addKeyValue("reason", reason)
            .log("snapshot is damaged, trying an older one");
      }
    }
    return Optional.empty();
  }

  void save(SnapshotHandle handle) throws IOException {
    DurableFiles.createDirectories(directory);
    deleteTemporary();
    SnapshotName name = SnapshotName.of(handle.meta(), handle.owner());
    Path target = name.in(directory);
    Path temporary = target.resolveSibling(name + SnapshotName.TEMPORARY);
    try {
      SnapshotWriter.write(temporary, handle);
      verify(temporary, name);
      DurableFiles.replace(temporary, target);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    verified.add(name);
    dropOld();
  }

  /** Deletes what a save that was interrupted has left. */
  void deleteTemporary() throws IOException {
    for (Path file : DurableFiles.list(directory)) {
      if (file.getFileName().toString().endsWith(SnapshotName.TEMPORARY)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static SnapshotFile verify(Path path, SnapshotName name) throws IOException {
    SnapshotFile file = SnapshotFile.verify(path);
    SnapshotName inside = SnapshotName.of(file.meta(), file.owner());
    if (!inside.equals(name)) {
      throw new DamagedData("Snapshot " + path + " is a copy of " + inside + ".");
    }
    return file;
  }

  /** Keeps the newest verified files; what is older than all of them goes, verified or not. */
  private void dropOld() {
    List<SnapshotName> newestFirst = verified.stream().sorted(Comparator.reverseOrder()).toList();
    if (newestFirst.size() < kept) {
      return;
    }
    SnapshotName oldestKept = newestFirst.get(kept - 1);
    try {
      for (SnapshotName name : names()) {
        if (name.compareTo(oldestKept) < 0) {
          Files.deleteIfExists(name.in(directory));
          verified.remove(name);
        }
      }
      DurableFiles.forceDirectory(directory);
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("old snapshots could not be deleted");
    }
  }

  private List<SnapshotName> names() throws IOException {
    return names(directory);
  }

  /** Of the finished files, oldest first. */
  static List<SnapshotName> names(Path directory) throws IOException {
    return DurableFiles.list(directory).stream()
        .map(SnapshotName::of)
        .flatMap(Optional::stream)
        .sorted()
        .toList();
  }
}
