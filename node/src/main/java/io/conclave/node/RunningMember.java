package io.conclave.node;

import com.typesafe.config.Config;
import io.conclave.http.HttpSettings;
import io.conclave.raft.ExitCode;
import io.conclave.raft.PeerSetup;
import io.conclave.raft.peer.Incarnation;
import io.conclave.raft.peer.PeerAddress;
import io.conclave.settings.InvalidSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntPredicate;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.remote.RemoteTransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member that runs in this JVM, from its settings to its stop. */
public final class RunningMember implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningMember.class);

  /** For leadership to be handed over before the requests end, and for the journal to end after. */
  private static final Duration STOP_MARGIN = Duration.ofMillis(700);

  private static final Duration TERMINATE_PATIENCE = Duration.ofMillis(200);
  private static final int PORT_ATTEMPTS = 3;

  private final ActorSystem<NodeGuardian.Command> system;
  private final CompletionStage<Done> ended;
  private volatile boolean closing;

  private RunningMember(
      ActorSystem<NodeGuardian.Command> system, DataDirectory directory, NodeExit exit) {
    this.system = system;
    this.ended =
        system
            .getWhenTerminated()
            .thenApply(
                done -> {
                  onTerminated(directory, exit);
                  return done;
                });
  }

  /**
   * Starts a member with the flags of the command line, for a program that is more than this
   * member. Returns before the member is ready to serve. A member that must end, as one that was
   * removed, ends by itself and says why in the log; {@link #ended} tells.
   *
   * @throws StartRefused if the flags or the machine don't allow it
   */
  public static RunningMember start(List<String> flags) throws StartRefused {
    var log = new StartupLog(System.err, InstantSource.system());
    return switch (CommandLine.read(flags, Map.of(), log)) {
      case CommandLine.Request.Start(FlagValues values) -> {
        var exit = new EmbeddedExit();
        RunningMember member = start(values, log, exit, () -> {});
        exit.member.complete(member);
        yield member;
      }
      case CommandLine.Request.Print(String text) -> throw StartRefused.because("%s", text);
      case CommandLine.Request.Misused(String problem, String usage) ->
          throw StartRefused.because("%s", problem);
    };
  }

  /**
   * Checks all that can be checked cheaply, and touches the disk only after that.
   *
   * @param serving called when clients are served, on a thread that may block
   */
  static RunningMember start(FlagValues values, StartupLog log, NodeExit exit, Runnable serving)
      throws StartRefused {
    NodeSettings settings = NodeSettings.from(values, log);
    DataDirectory.Content content = DataDirectory.contentOf(settings);
    LaterFeatures.refuse(values, content);
    LaterFeatures.refuseTls(values, settings, log);
    DescriptorBudget.check();
    ListenCheck.check(settings);
    Optional<Bootstrap> bootstrap =
        content == DataDirectory.Content.NOTHING
            ? Optional.of(Bootstrap.begin(settings, log))
            : Optional.empty();
    LaterFeatures.tellIdle(values, log);
    LogLevels levels =
        LogLevels.of(values.isOn(Flag.DEBUG), values.text(Flag.LOG_PACKAGE_LEVELS), log);
    DataDirectory directory = DataDirectory.open(settings);
    try {
      ArteryAddress address = settle(directory, settings, bootstrap, log);
      levels.apply();
      var member =
          new NodeGuardian.Member(
              settings,
              directory,
              new DirectoryFounding(directory, bootstrap),
              peerSetup(directory, address),
              exit,
              serving);
      return new RunningMember(startSystem(member, address), directory, exit);
    } catch (StartRefused | RuntimeException refused) {
      release(directory);
      throw refused;
    }
  }

  /** Makes the directory the member's own, if it is not yet. */
  private static ArteryAddress settle(
      DataDirectory directory, NodeSettings settings, Optional<Bootstrap> bootstrap, StartupLog log)
      throws StartRefused {
    try {
      if (bootstrap.isPresent()) {
        Bootstrap first = bootstrap.get();
        if (directory.identity().filter(identity -> identity.isOf(first)).isEmpty()) {
          directory.write(Identity.of(first, new SecureRandom()));
        }
        first.peerUrls().write(directory);
      }
      return Returning.address(settings, directory, log);
    } catch (IOException e) {
      throw StartRefused.because("cannot write the member's identity: %s", FileProblem.of(e));
    }
  }

  private static PeerSetup peerSetup(DataDirectory directory, ArteryAddress address)
      throws StartRefused {
    PinFile pins = new PinFile(directory);
    return new PeerSetup(
        Incarnation.parse(directory.identity().orElseThrow().incarnation()),
        new DirectoryBoots(directory, new SecureRandom()),
        pins.load(),
        pins,
        address.toString());
  }

  /** Somebody may take the port that was free a moment ago; then there is another one. */
  private static ActorSystem<NodeGuardian.Command> startSystem(
      NodeGuardian.Member member, ArteryAddress address) throws StartRefused {
    for (int attempt = 1; ; attempt++) {
      NodeSettings settings = member.settings();
      int port = freeLoopbackPort(own -> ListenCheck.isListenedOn(settings, own));
      Config config = NodeConfig.of(settings, member.directory(), address, port);
      try {
        SafetySettings.check(config);
        MemberActors.checkSettings(config);
        return ActorSystem.create(NodeGuardian.create(member), PeerAddress.SYSTEM, config);
      } catch (InvalidSettings invalid) {
        throw StartRefused.because("%s", invalid.getMessage());
      } catch (RemoteTransportException taken) {
        if (attempt == PORT_ATTEMPTS) {
          throw StartRefused.because("cannot listen on loopback: %s", taken.getMessage());
        }
      }
    }
  }

  /**
   * Of the system's choice, but not one that this member itself is about to listen on.
   *
   * @param own whether it is; each such port is held until another one is found
   */
  static int freeLoopbackPort(IntPredicate own) throws StartRefused {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = socket.getLocalPort();
      return own.test(port) ? freeLoopbackPort(own) : port;
    } catch (IOException e) {
      throw StartRefused.because("cannot listen on loopback: %s", e.getMessage());
    }
  }

  /**
   * Stops in order: another member leads, open watches end, requests in progress are answered, the
   * journal is sealed. What takes longer than {@code conclave.http.stop-grace} and 0.9 seconds is
   * cut off, which is as safe as {@code kill -9} if the process ends then. If it goes on, the
   * directory stays locked until all of the member has ended.
   */
  @Override
  public void close() {
    if (ended().toCompletableFuture().isDone()) {
      return;
    }
    closing = true;
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
    terminate();
  }

  /** Completes when all of the member has ended, for whatever reason, and its directory is free. */
  public CompletionStage<Done> ended() {
    return ended;
  }

  /** Ends without order, which is as safe as {@code kill -9}. */
  private void abandon() {
    closing = true;
    system.terminate();
  }

  /** Nothing of ours ends the actor system by itself, so a bug or something of Pekko's has. */
  private void onTerminated(DataDirectory directory, NodeExit exit) {
    release(directory);
    if (!closing) {
      exit.exit(ExitCode.RESTARTS_EXHAUSTED, "The actor system has ended; the log tells why.");
    }
  }

  private Duration stopGrace() {
    return HttpSettings.from(system.settings().config()).stopGrace();
  }

  /** Pekko Cluster says goodbye; what it does not manage in time is as safe as above. */
  private void terminate() {
    system.terminate();
    try {
      ended.toCompletableFuture().get(TERMINATE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("the actor system still stops");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void release(DataDirectory directory) {
    try {
      directory.close();
    } catch (IOException e) {
      LOG.warn("the data directory's lock is not released", e);
    }
  }

  /** The member ends and the surrounding program goes on. */
  private static final class EmbeddedExit implements NodeExit {
    private final CompletableFuture<RunningMember> member = new CompletableFuture<>();

    @Override
    public void exit(ExitCode code, String reason) {
      LOG.atError().addKeyValue("exitCode", code.number()).log(reason);
      member.thenAccept(RunningMember::abandon);
    }

    @Override
    public void refuse(String reason) {
      LOG.error(reason);
      member.thenAccept(RunningMember::abandon);
    }
  }
}
