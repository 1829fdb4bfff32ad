package io.conclave.node;

import java.io.PrintStream;
import java.time.InstantSource;

/**
 * The log until the start is certain: the same lines as later, written without loading the logging
 * library, so that a refused start takes a tenth of a second.
 */
final class StartupLog {
  private final PrintStream out;
  private final InstantSource clock;

  StartupLog(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
  }

  void error(String text) {
    line('E', text);
  }

  void warn(String text) {
    line('W', text);
  }

  void info(String text) {
    line('I', text);
  }

  private void line(char level, String text) {
    out.println(LogLine.format(clock.instant(), level, "node", text));
  }
}
