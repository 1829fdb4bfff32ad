package io.conclave.node;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The program. Exit codes: 0 help, version, or removed from the cluster; 1 start refused; 2 misuse
 * of flags; 10 a write of the journal failed; 11 data is damaged; 12 too many restarts inside; 13
 * refused for its identity; 130 and 143 by the JVM when it is stopped with SIGINT and SIGTERM.
 */
final class Main {
  private static final int MISUSED = 2;

  private Main() {}

  public static void main(String[] args) {
    var log = new StartupLog(System.err, InstantSource.system());
    try {
      switch (CommandLine.read(List.of(args), System.getenv(), log)) {
        case CommandLine.Request.Start(FlagValues values) -> start(values, log);
        case CommandLine.Request.Print(String text) -> System.out.print(text);
        case CommandLine.Request.Misused(String problem, String usage) -> {
          System.err.println(problem);
          System.out.print(usage);
          System.exit(MISUSED);
        }
      }
    } catch (StartRefused refused) {
      log.error(refused.getMessage());
      refused.hints().forEach(log::error);
      System.exit(refused.exitCode());
    }
  }

  /** The JVM goes on until it is stopped or a part of the member ends it. */
  private static void start(FlagValues values, StartupLog log) throws StartRefused {
    RunningMember member =
        RunningMember.start(values, log, new ProcessExit(), Main::tellSupervisor);
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(member::close));
  }

  private static void tellSupervisor() {
    String socket = System.getenv().getOrDefault(SupervisorNotice.SOCKET, "");
    SupervisorNotice.ready(Optional.of(socket).filter(name -> !name.isEmpty()));
  }
}
