package io.conclave.testkit.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What all members do at this moment, for whoever has to find out why they do nothing. */
final class ThreadDumps {
  private static final int DUMP_SECONDS = 20;

  private ThreadDumps() {}

  /** Writes one file for each running member. */
  static void keep(TortureCluster cluster, Path directory)
      throws IOException, InterruptedException {
    for (int member = 0; member < cluster.size(); member++) {
      if (cluster.isRunning(member)) {
        Path file = directory.resolve("threads-" + TortureCluster.name(member) + ".txt");
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process dump =
            new ProcessBuilder(jcmd, Long.toString(cluster.pid(member)), "Thread.print")
                .redirectErrorStream(true)
                .redirectOutput(file.toFile())
                .start();
        if (!dump.waitFor(DUMP_SECONDS, TimeUnit.SECONDS)) {
          dump.destroyForcibly();
        }
      }
    }
  }
}
