package io.conclave.persistence;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.conclave.raft.core.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Changes of files and directories that survive a loss of power once the method has returned. Keys
 * and values are nobody else's business, so that files get mode 0600 and directories 0700.
 */
public final class DurableFiles {
  private static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-------");
  private static final FileAttribute<?> NEW_FILE = PosixFilePermissions.asFileAttribute(FILE_MODE);
  private static final FileAttribute<?> NEW_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private DurableFiles() {}

  /** Forces content and length of {@code file}. */
  public static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, WRITE)) {
      channel.force(true);
    }
  }

  /** Forces the names in {@code directory}: what was created, renamed or deleted there. */
  public static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }

  /** Creates {@code directory} and its missing parents, and forces every name that is new. */
  public static void createDirectories(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath();
    if (Files.isDirectory(absolute)) {
      return;
    }
    createDirectories(absolute.getParent());
    createDirectory(absolute);
    forceDirectory(absolute.getParent());
  }

  /** Creates {@code directory}; its name is not forced. */
  static void createDirectory(Path directory) throws IOException {
    Files.createDirectory(directory, NEW_DIRECTORY);
  }

  /** Opens {@code file} for writing, as it is or new. */
  static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, Set.of(CREATE, WRITE), NEW_FILE);
  }

  /** Opens {@code file} for writing from its start, empty. */
  static FileChannel rewrite(Path file) throws IOException {
    return FileChannel.open(file, Set.of(CREATE, WRITE, TRUNCATE_EXISTING), NEW_FILE);
  }

  /** Takes {@code file}, which another library has made, from everybody else. */
  static void restrict(Path file) throws IOException {
    Files.setPosixFilePermissions(file, FILE_MODE);
  }

  /**
   * Renames {@code temporary} to {@code target}, in the same directory, replacing what is there: a
   * reader finds the old file or the new one, whole. The content must have been forced before.
   */
  public static void replace(Path temporary, Path target) throws IOException {
    Files.move(temporary, target, ATOMIC_MOVE, REPLACE_EXISTING);
    forceDirectory(target.toAbsolutePath().getParent());
  }

  /** Makes {@code content} the whole content of {@code target}, atomically. */
  public static void write(Path target, Bytes content) throws IOException {
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    try (FileChannel channel = rewrite(temporary)) {
      writeFully(channel, content.asBuffer());
      channel.force(true);
    }
    replace(temporary, target);
  }

  /** Deletes {@code directory} and everything in it; fine if it is not there. */
  public static void deleteTree(Path directory) throws IOException {
    for (Path entry : list(directory)) {
      if (Files.isDirectory(entry)) {
        deleteTree(entry);
      } else {
        Files.deleteIfExists(entry);
      }
    }
    Files.deleteIfExists(directory);
  }

  static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
