package io.conclave.testkit.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code conclave-torture}: a local cluster under faults, and whether it kept its word.
 */
@Command(
    name = "conclave-torture",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Starts members on this machine, lets clients work on all of them, and kills, pauses and cuts"
          + " off members meanwhile. In the end every answer must be one that a single correct"
          + " store could have given.",
      "",
      "Exit code 0 when everything held; 1 for a violation, a member that ended by itself or a"
          + " cluster that does not serve again; then data, logs and histories are kept and their"
          + " directory is printed.",
      ""
    })
public final class Torture implements Callable<Integer> {
  @Option(names = "--members", paramLabel = "N", defaultValue = "3", description = "3 to 9")
  private int members;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "60",
      description = "how long faults happen")
  private int seconds;

  @Option(
      names = "--fault",
      split = ",",
      paramLabel = "FAULT",
      defaultValue = "all",
      description =
          "all, none, or some of kill, leader-kill, kill-all, stop, pause, leader-pause, partition,"
              + " leader-partition, one-way, stall")
  private List<String> faults;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "200",
      description = "operations of all clients per second, at most")
  private int rate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "decides what is chosen; random if none")
  private Optional<Long> seed;

  @Option(
      names = "--faults-min",
      paramLabel = "N",
      defaultValue = "0",
      description = "fewer are a failure")
  private int faultsMin;

  @Option(
      names = "--acknowledged-min",
      paramLabel = "N",
      defaultValue = "0",
      description = "fewer acknowledged operations are a failure")
  private long acknowledgedMin;

  @Option(
      names = "--cluster",
      paramLabel = "on|off",
      defaultValue = "on",
      description = "conclave.cluster of all members: whether they form a Pekko Cluster as well")
  private String pekkoCluster;

  @Option(
      names = "--jvm-flag",
      paramLabel = "FLAG",
      description = "for each member, such as -Dconclave.raft.snapshot.count=500; may be repeated")
  private List<String> jvmFlags = List.of();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "an empty directory for all files; they stay. Without it a temporary one")
  private Optional<Path> dataDirectory;

  @Option(
      names = "--measure",
      paramLabel = "WHAT",
      description =
          "no torture, but failover: the time from the leader's kill until a write succeeds; or"
              + " stop: the longest wait of a write through another member when the leader is asked"
              + " to stop")
  private Optional<Measure> measure;

  @Option(
      names = "--kills",
      paramLabel = "N",
      defaultValue = "30",
      description = "how often --measure ends the leader, 1 to 1000")
  private int kills;

  @Option(
      names = "--server",
      paramLabel = "SERVER",
      defaultValue = "CONCLAVE",
      description = "of --measure: ${COMPLETION-CANDIDATES}")
  private Server server;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this text")
  private boolean helpRequested;

  /** What can be measured. */
  enum Measure {
    FAILOVER,
    STOP
  }

  private Torture() {}

  /** Runs the command; exit code 1 for a violation, 2 when the options make no sense. */
  public static void main(String[] arguments) {
    CommandLine command = new CommandLine(new Torture()).setCaseInsensitiveEnumValuesAllowed(true);
    System.exit(command.execute(arguments));
  }

  /** Tortures and prints; called by the command line library. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    TorturePlan plan;
    try {
      plan = plan();
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    Path home =
        dataDirectory.isPresent()
            ? Files.createDirectories(dataDirectory.get())
            : Files.createTempDirectory("conclave-torture");
    return measure.isPresent() ? measure(measure.get(), plan, home) : torture(plan, home);
  }

  private int torture(TorturePlan plan, Path home) throws IOException, InterruptedException {
    System.out.println("seed " + plan.seed());
    TortureRun.Outcome outcome = new TortureRun(plan, home, System.out::println).run();
    outcome.summary().forEach(System.out::println);
    if (outcome.violations().isEmpty()) {
      System.out.println("violations: 0");
      if (dataDirectory.isEmpty()) {
        delete(home);
      }
      return CommandLine.ExitCode.OK;
    }
    System.out.println("violations: " + outcome.violations().size());
    outcome.violations().forEach(System.out::println);
    System.out.println("kept in " + home);
    return CommandLine.ExitCode.SOFTWARE;
  }

  private int measure(Measure what, TorturePlan plan, Path home)
      throws IOException, InterruptedException {
    try (var cluster = TortureCluster.prepare(server, members, plan.jvmFlags(), home)) {
      cluster.form();
      switch (what) {
        case FAILOVER -> failover(cluster);
        case STOP -> stop(cluster);
      }
    } catch (TimeoutException e) {
      System.out.println(e.getMessage() + "; kept in " + home);
      return CommandLine.ExitCode.SOFTWARE;
    }
    if (dataDirectory.isEmpty()) {
      delete(home);
    }
    return CommandLine.ExitCode.OK;
  }

  private void failover(TortureCluster cluster)
      throws IOException, InterruptedException, TimeoutException {
    List<Long> millis = new Failover(cluster, System.err::println).measure(kills);
    System.out.printf("%d kills of the leader of %d members: ", kills, members);
    System.out.println(spread(millis));
  }

  private void stop(TortureCluster cluster)
      throws IOException, InterruptedException, TimeoutException {
    List<GracefulStop.Round> rounds = new GracefulStop(cluster, System.err::println).measure(kills);
    System.out.printf(
        "%d stops of the leader of %d members, longest wait of a write: ", kills, members);
    System.out.println(spread(rounds.stream().map(GracefulStop.Round::worstMillis).toList()));
    System.out.print("in the two seconds before each: ");
    System.out.println(spread(rounds.stream().map(GracefulStop.Round::undisturbedMillis).toList()));
    System.out.println(
        "not acknowledged: " + rounds.stream().mapToInt(GracefulStop.Round::failed).sum());
  }

  private static String spread(List<Long> millis) {
    List<Long> sorted = millis.stream().sorted().toList();
    return "median %d ms, worst %d ms".formatted(sorted.get(sorted.size() / 2), sorted.getLast());
  }

  private TorturePlan plan() {
    if (kills < 1 || kills > 1_000) {
      throw new IllegalArgumentException("--kills must be 1 to 1000, not " + kills);
    }
    List<Fault> chosen = faults.equals(List.of("none")) ? List.of() : Fault.parse(faults);
    long number = seed.orElseGet(() -> System.nanoTime() & 0xffff_ffffL);
    return new TorturePlan(
        members,
        Duration.ofSeconds(seconds),
        chosen,
        rate,
        number,
        faultsMin,
        acknowledgedMin,
        flags());
  }

  private List<String> flags() {
    if (!pekkoCluster.equals("on") && !pekkoCluster.equals("off")) {
      throw new IllegalArgumentException("--cluster must be on or off, not " + pekkoCluster);
    }
    List<String> flags = new ArrayList<>(jvmFlags);
    flags.add("-Dconclave.cluster=" + pekkoCluster);
    return flags;
  }

  /** Deletes a directory with all that is in it. */
  static void delete(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
