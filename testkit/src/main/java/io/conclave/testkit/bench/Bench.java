package io.conclave.testkit.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code conclave-bench}: closed-loop load on one v2 endpoint, or on two in turns. */
@Command(
    name = "conclave-bench",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Measures a server of the etcd v2 API, alone or against another one in the same run.",
      "",
      "Each connection has one request in flight. Every row is warmed up, then measured in rounds"
          + " that alternate between the targets; the table shows the medians of the rounds and"
          + " their extremes. Every latency is kept, none is corrected. On kept connections the"
          + " first answer (from the start of connecting) is reported apart. With new connections"
          + " a request connects, asks with 'Connection: close', and reads to the end of the"
          + " connection; its latency ends with the response.",
      "",
      "Keys are made under /conclave-bench and removed at the end. Progress goes to stderr, the"
          + " report to stdout. Client and server share this machine: read the ratios.",
      ""
    })
public final class Bench implements Callable<Integer> {
  @Parameters(paramLabel = "URL", description = "the endpoint, such as http://127.0.0.1:2379")
  private String url;

  @Option(names = "--vs", paramLabel = "URL", description = "another endpoint to compare with")
  private Optional<String> versus;

  @Option(names = "--label", paramLabel = "NAME", description = "name of URL in the report")
  private Optional<String> label;

  @Option(names = "--vs-label", paramLabel = "NAME", description = "name of the other endpoint")
  private Optional<String> versusLabel;

  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "get,put,mixed,watch",
      description = "get, quorum-get, put, mixed, watch (streams), watch-poll (long polls)")
  private List<String> workloads;

  @Option(
      names = "--connections",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,16,64,256",
      description = "kept connections, and watchers; 0 for none")
  private List<Integer> connections;

  @Option(
      names = "--new-connections",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,16,64",
      description = "clients with a new connection for each request (get and put); 0 for none")
  private List<Integer> newConnections;

  @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "1 to 100")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "3",
      description = "length of a round, 1 to 600")
  private int seconds;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      defaultValue = "3",
      description = "load before the first round of a row, 0 to 600")
  private int warmUpSeconds;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "10",
      description = "after which a request has failed, 1 to 60")
  private int timeoutSeconds;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "10000",
      description = "how many keys, a hundred to a directory")
  private int keys;

  @Option(names = "--value-bytes", paramLabel = "N", defaultValue = "64")
  private int valueBytes;

  @Option(
      names = "--write-percent",
      paramLabel = "N",
      defaultValue = "10",
      description = "share of writes in the mixed workload")
  private int writePercent;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "client threads; one is enough unless it needs a whole core")
  private int threads;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "seed of the choice of keys")
  private long seed;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}")
  private Report format;

  @Option(
      names = "--allow-remote",
      description = "permit load on endpoints that are not this machine")
  private boolean allowRemote;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this text")
  private boolean helpRequested;

  private Bench() {}

  /** Runs the command; exit code 1 when a target fails, 2 when the options make no sense. */
  public static void main(String[] arguments) {
    CommandLine command = new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true);
    System.exit(command.execute(arguments));
  }

  /** Measures and prints; called by the command line library. */
  @Override
  public Integer call() throws InterruptedException {
    BenchPlan plan;
    try {
      plan = plan();
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    System.err.printf("%d rows, %d s of load%n", plan.rows().size(), plan.expected().toSeconds());
    try {
      List<Report.Line> lines = new BenchRun(plan, System.err::println).measure();
      System.out.print(format.render(lines));
      return CommandLine.ExitCode.OK;
    } catch (IOException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private BenchPlan plan() {
    List<Target> targets = new ArrayList<>();
    targets.add(Target.parse(url, label.orElse(""), allowRemote));
    versus.ifPresent(
        other -> targets.add(Target.parse(other, versusLabel.orElse(""), allowRemote)));
    return new BenchPlan(
        targets,
        rows(),
        rounds,
        Duration.ofSeconds(seconds),
        Duration.ofSeconds(warmUpSeconds),
        Duration.ofSeconds(timeoutSeconds),
        keys,
        valueBytes,
        writePercent,
        threads,
        seed);
  }

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (String name : workloads) {
      Workload workload = Workload.of(name);
      connections.stream()
          .filter(count -> count != 0)
          .forEach(count -> rows.add(new Row(workload, count, true)));
      if (workload == Workload.GET || workload == Workload.PUT) {
        newConnections.stream()
            .filter(count -> count != 0)
            .forEach(count -> rows.add(new Row(workload, count, false)));
      }
    }
    return rows;
  }
}
