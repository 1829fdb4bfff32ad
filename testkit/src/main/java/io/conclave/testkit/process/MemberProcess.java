package io.conclave.testkit.process;

import io.conclave.testkit.wire.Readiness;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A member in a process of its own, with free ports and a directory for its data and its log. It
 * can be stopped in all ways in which a machine stops a process, and started again on the same
 * data. Not safe for several threads.
 */
public final class MemberProcess implements AutoCloseable {
  /** Longer than anything takes that goes well, also on a machine that is busy with much else. */
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);

  private static final Duration END_TIMEOUT = Duration.ofMinutes(1);
  private static final int LAST_WORDS_CHARS = 4000;

  private final LaunchCommand command;
  private final Map<String, String> environment;
  private final String name;
  private final Path home;
  private final FreePorts ports = FreePorts.take();
  private volatile Process process;

  private MemberProcess(
      LaunchCommand command, Map<String, String> environment, String name, Path home)
      throws IOException {
    this.command = command;
    this.environment = Map.copyOf(environment);
    this.name = name;
    this.home = home;
  }

  /** Makes a member that is not started; it keeps all its files below {@code home}. */
  public static MemberProcess prepare(LaunchCommand command, String name, Path home)
      throws IOException {
    return prepare(command, Map.of(), name, home);
  }

  /**
   * The same with environment variables besides those of this process. It does not outlive this
   * JVM, unless that is killed.
   */
  public static MemberProcess prepare(
      LaunchCommand command, Map<String, String> environment, String name, Path home)
      throws IOException {
    MemberProcess member = new MemberProcess(command, environment, name, home);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(member::close));
    return member;
  }

  /**
   * Starts it on the data that are there; it need not be ready when this returns.
   *
   * @param arguments flags besides its name, URLs and data directory
   */
  public void start(List<String> arguments) throws IOException {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    ProcessBuilder builder =
        new ProcessBuilder(command.fill(name, dataDirectory(), clientUrl(), peerUrl(), arguments));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    process = builder.start();
  }

  /**
   * Waits until clients can use it, for minutes if need be.
   *
   * @return its X-Etcd-Index
   */
  public long awaitReady() throws TimeoutException, InterruptedException {
    return awaitReady(Duration.ZERO, READY_TIMEOUT);
  }

  /**
   * Waits until clients can use it.
   *
   * @param settle how long its index must rest
   * @return its X-Etcd-Index
   * @throws TimeoutException when that takes too long, with the end of its log
   */
  public long awaitReady(Duration settle, Duration timeout)
      throws TimeoutException, InterruptedException {
    try {
      return Readiness.await(clientUrl(), settle, timeout, this::requireAlive);
    } catch (TimeoutException e) {
      TimeoutException withLog = new TimeoutException(e.getMessage() + lastWords());
      withLog.initCause(e);
      throw withLog;
    }
  }

  /** As it is called by its flag. */
  public String name() {
    return name;
  }

  /** Whether it was started and has not ended. */
  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  public URI clientUrl() {
    return ports.clientUrl();
  }

  public URI peerUrl() {
    return ports.peerUrl();
  }

  /** Where its data lie; it makes the directory itself. */
  public Path dataDirectory() {
    return home.resolve("data");
  }

  /** The process id; only while it runs. */
  public long pid() {
    return process.pid();
  }

  /**
   * Complains when it has ended.
   *
   * @throws IllegalStateException with the end of its log
   */
  public void requireAlive() {
    if (!isAlive()) {
      String end = process == null ? "was not started" : "ended with " + process.exitValue();
      throw new IllegalStateException(name + " " + end + lastWords());
    }
  }

  /** Ends it at once: no cleanup, no flush, as when the machine kills it (SIGKILL). */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitEnd();
  }

  /**
   * Asks it to end (SIGTERM) and waits.
   *
   * @return its exit code
   * @throws IllegalStateException when it does not end within a minute; it is killed then
   */
  public int terminate() throws InterruptedException {
    process.destroy();
    awaitEnd();
    return process.exitValue();
  }

  /**
   * Waits until it ends by itself.
   *
   * @return its exit code; nothing when it still runs after that time
   */
  public OptionalInt awaitExit(Duration timeout) throws InterruptedException {
    return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)
        ? OptionalInt.of(process.exitValue())
        : OptionalInt.empty();
  }

  /** Stops it in the middle of whatever it does, as a stalled machine would (SIGSTOP). */
  public void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** Lets it go on after {@link #pause} (SIGCONT). */
  public void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  /** Everything it has written to its standard output and error, over all starts. */
  public String log() {
    try {
      return Files.exists(logFile()) ? Files.readString(logFile()) : "";
    } catch (IOException e) {
      return "its log cannot be read: " + e;
    }
  }

  /** The end of the log, for messages about failures. */
  public String lastWords() {
    String log = log();
    String end = log.substring(Math.max(0, log.length() - LAST_WORDS_CHARS));
    return "\nLast words of " + name + ":\n" + end;
  }

  /** Kills it if it runs. Its files stay. */
  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  private void awaitEnd() throws InterruptedException {
    if (!process.waitFor(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IllegalStateException(name + " did not end in " + END_TIMEOUT + lastWords());
    }
  }

  private void signal(String signal) throws IOException, InterruptedException {
    requireAlive();
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start();
    if (kill.waitFor() != 0) {
      throw new IOException("cannot send SIG" + signal + " to " + name);
    }
  }

  private Path logFile() {
    return home.resolve("member.log");
  }
}
