package io.conclave.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/** A small text file for people to read, whose last line is the CRC of those before. */
final class CheckedLines {
  /** Ours are shorter than this. */
  private static final int BYTES_MAX = 1 << 20;

  private static final String CRC = "crc32c ";

  private CheckedLines() {}

  /** The whole file; no line may contain a line break. */
  static String seal(List<String> lines) {
    String body = String.join("\n", lines) + "\n";
    return body + CRC + crc(body) + "\n";
  }

  /** The lines without the CRC; empty unless {@code text} is what {@link #seal} made. */
  static Optional<List<String>> open(String text) {
    int end = text.lastIndexOf(CRC);
    if (end < 0) {
      return Optional.empty();
    }
    String body = text.substring(0, end);
    boolean whole = text.substring(end).equals(CRC + crc(body) + "\n");
    return whole ? Optional.of(body.lines().toList()) : Optional.empty();
  }

  /** The text of a file, cut if it is longer than any of ours; empty if there is none. */
  static Optional<String> read(Path file) throws IOException {
    try {
      boolean ours = Files.size(file) <= BYTES_MAX;
      return Optional.of(ours ? new String(Files.readAllBytes(file), UTF_8) : "");
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static String crc(String body) {
    var crc = new CRC32C();
    crc.update(body.getBytes(UTF_8));
    return Long.toHexString(crc.getValue());
  }
}
