package io.conclave.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** A startup log whose lines a test can read. */
final class CapturedLog {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final StartupLog log =
      new StartupLog(new PrintStream(bytes, true, UTF_8), InstantSource.fixed(Instant.EPOCH));

  StartupLog log() {
    return log;
  }

  /** Level and text of each line: {@code W | node: text}. */
  List<String> lines() {
    int stamp = "2006-01-02 15:04:05.000000 ".length();
    return bytes.toString(UTF_8).lines().map(line -> line.substring(stamp)).toList();
  }
}
