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
import java.util.List;
import java.util.stream.Stream;

/** Changes of files and directories that survive a loss of power once the method has returned. */
public final class DurableFiles {
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
    Files.createDirectory(absolute);
    forceDirectory(absolute.getParent());
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
    try (FileChannel channel = FileChannel.open(temporary, CREATE, WRITE, TRUNCATE_EXISTING)) {
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
