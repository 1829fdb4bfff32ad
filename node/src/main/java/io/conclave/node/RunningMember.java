package io.conclave.node;

import io.conclave.http.HttpSettings;
import io.conclave.raft.ExitCode;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member that runs in this JVM, from its settings to its stop. */
public final class RunningMember implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningMember.class);

  /** For the log and the journal to end after the requests. */
  private static final Duration STOP_MARGIN = Duration.ofMillis(500);

  private final DataDirectory directory;
  private final ActorSystem<NodeGuardian.Command> system;

  private RunningMember(DataDirectory directory, ActorSystem<NodeGuardian.Command> system) {
    this.directory = directory;
    this.system = system;
  }

  /**
   * Starts a member with the flags of the command line, for a program that is more than this
   * member. Returns before the member is ready to serve.
   *
   * @throws StartRefused if the flags or the machine don't allow it
   */
  public static RunningMember start(List<String> flags) throws StartRefused {
    var log = new StartupLog(System.err, InstantSource.system());
    return switch (CommandLine.read(flags, Map.of(), log)) {
      case CommandLine.Request.Start(FlagValues values) -> start(values, log, new EmbeddedExit());
      case CommandLine.Request.Print(String text) -> throw StartRefused.because("%s", text);
      case CommandLine.Request.Misused(String problem, String usage) ->
          throw StartRefused.because("%s", problem);
    };
  }

  /** Checks all that can be checked cheaply, and touches the disk only after that. */
  static RunningMember start(FlagValues values, StartupLog log, NodeExit exit) throws StartRefused {
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
    var founding = new DirectoryFounding(directory, bootstrap);
    return new RunningMember(
        directory,
        ActorSystem.create(
            NodeGuardian.create(new NodeGuardian.Member(settings, directory, founding, exit)),
            "conclave",
            NodeConfig.of(settings, directory)));
  }

  /**
   * Stops in order: open watches end, requests in progress are answered, the journal is sealed.
   * What takes longer than {@code conclave.http.stop-grace} and half a second is cut off, which is
   * as safe as {@code kill -9}.
   */
  @Override
  public void close() {
    LOG.info("stopping");
    Duration patience = stopGrace().plus(STOP_MARGIN);
    try {
      AskPattern.<NodeGuardian.Command, Done>ask(
              system, NodeGuardian.Stop::new, patience, system.scheduler())
          .toCompletableFuture()
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
      LOG.info("stopped");
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("stopping took too long, the rest is cut off");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    system.terminate();
    release();
  }

  private Duration stopGrace() {
    return HttpSettings.from(system.settings().config()).stopGrace();
  }

  private void release() {
    try {
      directory.close();
    } catch (IOException e) {
      LOG.warn("the data directory's lock is not released", e);
    }
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

  /** The surrounding program goes on; it finds out from the requests that fail. */
  private static final class EmbeddedExit implements NodeExit {
    @Override
    public void exit(ExitCode code, String reason) {
      LOG.atError().addKeyValue("exitCode", code.number()).log(reason);
    }

    @Override
    public void refuse(String reason) {
      LOG.error(reason);
    }
  }
}
