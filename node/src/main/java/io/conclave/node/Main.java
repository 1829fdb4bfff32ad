package io.conclave.node;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;

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

  /** Checks all that can be checked cheaply, and touches the disk only after that. */
  private static void start(FlagValues values, StartupLog log) throws StartRefused {
    NodeSettings settings = NodeSettings.from(values, log);
    DataDirectory.Content content = DataDirectory.contentOf(settings);
    LaterFeatures.refuse(values, content);
    LaterFeatures.refuseTls(values, settings, log);
    ListenCheck.check(settings);
    Optional<Bootstrap> bootstrap = Optional.empty();
    if (content == DataDirectory.Content.NOTHING) {
      Bootstrap.verify(settings);
      LaterFeatures.refuseSeveralMembers(values, settings);
      bootstrap = Optional.of(Bootstrap.of(settings));
    }
    LaterFeatures.tellIdle(values, log);
    DataDirectory directory = DataDirectory.open(settings);
    boot(directory, bootstrap);
    LogLevels.of(values.isOn(Flag.DEBUG), values.text(Flag.LOG_PACKAGE_LEVELS), log).apply();
    run(settings, directory, bootstrap);
  }

  /** Raises the boot counter before the member can say anything. */
  private static void boot(DataDirectory directory, Optional<Bootstrap> bootstrap)
      throws StartRefused {
    Identity identity =
        bootstrap
            .map(first -> Identity.of(first, new SecureRandom()))
            .or(() -> directory.identity().map(Identity::booted))
            .orElseThrow();
    try {
      directory.write(identity);
    } catch (IOException e) {
      throw StartRefused.because("cannot write the member's identity: %s", e.getMessage());
    }
  }

  /** The JVM goes on until it is stopped or a part of the member ends it. */
  private static void run(
      NodeSettings settings, DataDirectory directory, Optional<Bootstrap> bootstrap) {
    var member =
        new NodeGuardian.Member(
            settings, directory, new DirectoryFounding(directory, bootstrap), new ProcessExit());
    Shutdown.register(
        ActorSystem.create(
            NodeGuardian.create(member), "conclave", NodeConfig.of(settings, directory)));
  }
}
