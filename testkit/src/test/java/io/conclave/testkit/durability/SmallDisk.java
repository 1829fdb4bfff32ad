package io.conclave.testkit.durability;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/** A file system in memory, small enough to be filled. Only root may have one. */
final class SmallDisk {
  private static final int PIECE_BYTES = 256 << 10;
  private static final int COMMAND_SECONDS = 10;

  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /**
   * Mounts it.
   *
   * @param directory made here
   * @throws TestAbortedException where this is not allowed, with the reason
   */
  static SmallDisk mount(Path directory, int mebibytes) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    String refusal =
        run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", directory.toString());
    if (!refusal.isEmpty()) {
      throw new TestAbortedException("needs the right to mount a file system: " + refusal);
    }
    return new SmallDisk(directory);
  }

  /** Takes all space but about {@code leaveBytes}, as another process would. */
  void fill(long leaveBytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(PIECE_BYTES);
    try (FileChannel file =
        FileChannel.open(fill(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (usableBytes() > leaveBytes) {
        zeros.clear().limit((int) Math.min(PIECE_BYTES, usableBytes() - leaveBytes));
        while (zeros.hasRemaining()) {
          file.write(zeros);
        }
      }
    } catch (IOException e) {
      if (leaveBytes > 0 || usableBytes() > 0) {
        throw e; // otherwise somebody else took the last bytes
      }
    }
  }

  /** Gives back what {@link #fill} took. */
  void free() throws IOException {
    Files.deleteIfExists(fill());
  }

  /** Nothing can be written any more, as after an error of a real disk. */
  void makeReadOnly() throws IOException, InterruptedException {
    String refusal = run("mount", "-o", "remount,ro", directory.toString());
    if (!refusal.isEmpty()) {
      throw new IOException(refusal);
    }
  }

  long usableBytes() throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  /** All that it holds is lost. */
  void unmount() throws IOException, InterruptedException {
    String refusal = run("umount", directory.toString());
    if (!refusal.isEmpty()) {
      throw new IOException(refusal);
    }
  }

  private Path fill() {
    return directory.resolve("fill");
  }

  /** What the command complains about; empty if it succeeded. */
  private static String run(String... command) throws IOException, InterruptedException {
    List<String> words = Arrays.asList(command);
    Process process;
    try {
      process = new ProcessBuilder(words).redirectErrorStream(true).start();
    } catch (IOException e) {
      return e.getMessage();
    }
    String output = new String(process.getInputStream().readAllBytes());
    if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return words + " does not end";
    }
    return process.exitValue() == 0 ? "" : words + " failed: " + output.strip();
  }
}
