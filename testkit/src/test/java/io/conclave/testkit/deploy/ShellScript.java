package io.conclave.testkit.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs what lies in {@code deploy/}, as its users do. */
final class ShellScript {
  private static final long MINUTES_MAX = 5;

  private ShellScript() {}

  /** What came of it; both streams in one. */
  record Outcome(int exitCode, String output) {}

  /** The project's root, from which tests run one directory down. */
  static Path root() {
    return Path.of("..").toAbsolutePath().normalize();
  }

  /**
   * @param words given to {@code sh}
   * @param directory where temporary files go, too
   */
  static Outcome run(List<String> words, Path directory, Map<String, String> variables)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh"));
    command.addAll(words);
    Path output = Files.createTempFile(directory, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("TMPDIR", directory.toString());
    builder.environment().putAll(variables);
    Process process = builder.start();
    boolean ended = process.waitFor(MINUTES_MAX, TimeUnit.MINUTES);
    if (!ended) {
      process.destroy();
      process.waitFor();
    }
    return new Outcome(ended ? process.exitValue() : -1, Files.readString(output));
  }
}
