package io.conclave.testkit.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One run: a cluster, clients that work on it, faults one after another, and the verdict. */
final class TortureRun {
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(3);

  /** So long a start may take on a machine that is busy with much else; a wedge takes for ever. */
  private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(120);

  private static final Duration AGREEMENT_LIMIT = Duration.ofSeconds(60);
  private static final int CLIENTS = Registers.CLIENTS + InOrderSets.CLIENTS + Watches.WRITERS;
  private static final int SECOND_FAULT_PERCENT = 30;

  /** So often the next fault comes while members may still be catching up, or starting. */
  private static final int UNRECOVERED_PERCENT = 50;

  private static final int UNRECOVERED_WHILE_STARTING_PERCENT = 90;

  /** So often such a fault may hit a member that is starting with another start. */
  private static final int START_AGAIN_PERCENT = 15;

  private final TorturePlan plan;
  private final Path home;
  private final Consumer<String> progress;
  private final Random random;
  private final FaultDeck faults;

  /**
   * Happen besides another and while members are starting: a stop waits for the member's end, and
   * members that are killed all the time never come back.
   */
  private final FaultDeck gentle;

  private final List<String> timeline = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private long begunNanos;

  /**
   * What a run showed.
   *
   * @param faults how many happened
   * @param acknowledged how many operations clients know the outcome of
   * @param violations empty if the cluster kept its word
   * @param summary lines to print
   */
  record Outcome(int faults, long acknowledged, List<String> violations, List<String> summary) {}

  /**
   * @param home an empty directory for all files of the run
   */
  TortureRun(TorturePlan plan, Path home, Consumer<String> progress) {
    this.plan = plan;
    this.home = home;
    this.progress = progress;
    this.random = new Random(plan.seed());
    this.faults = new FaultDeck(plan.faults(), random);
    this.gentle =
        new FaultDeck(
            plan.faults().stream().filter(fault -> !fault.endsProcesses()).toList(), random);
  }

  /** Runs to the end; a violation is no exception. Histories are kept if there is one. */
  Outcome run() throws IOException, InterruptedException {
    try (TortureCluster cluster =
        TortureCluster.prepare(Server.CONCLAVE, plan.members(), plan.jvmFlags(), home)) {
      cluster.form();
      begunNanos = System.nanoTime();
      return torture(cluster);
    } catch (TimeoutException e) {
      return new Outcome(0, 0, List.of("no cluster came about: " + e.getMessage()), List.of());
    }
  }

  private Outcome torture(TortureCluster cluster) throws IOException, InterruptedException {
    Pace pace = new Pace((double) plan.rate() / CLIENTS);
    var urls = cluster.clientUrls();
    Watches watches = new Watches(urls, ANSWER_TIMEOUT, pace, plan.seed());
    List<Workload> workloads =
        List.of(
            new Registers(urls, ANSWER_TIMEOUT, pace, plan.seed()),
            new InOrderSets(urls, ANSWER_TIMEOUT, pace, plan.seed()),
            watches);
    FaultInjector injector = new FaultInjector(cluster, plan.seed());
    Recovery recovery = new Recovery(cluster, RECOVERY_LIMIT);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      workloads.forEach(w -> w.clients().forEach(client -> clients.add(threads.submit(client))));
      boolean recovered = disturb(cluster, injector, recovery);
      pace.end();
      if (recovered) {
        for (Workload workload : workloads) {
          workload.settle().ifPresent(violations::add);
        }
      } else {
        threads.shutdownNow();
      }
      await(clients);
      if (recovered) {
        new TreeAgreement(urls, AGREEMENT_LIMIT).check(home).ifPresent(violations::add);
      }
    }
    progress.accept("watches: " + watches.seen());
    for (Workload workload : workloads) {
      violations.addAll(workload.violations());
    }
    expect(injector.count(), plan.faultsMin(), "faults");
    expect(acknowledged(workloads), plan.acknowledgedMin(), "acknowledged operations");
    if (!violations.isEmpty()) {
      keep(workloads);
    }
    return outcome(injector, recovery, workloads);
  }

  /** Lets faults happen until the time is over; false when the cluster did not survive one. */
  private boolean disturb(TortureCluster cluster, FaultInjector injector, Recovery recovery)
      throws IOException, InterruptedException {
    try {
      boolean recovered = true;
      boolean starting = false;
      while (elapsed().compareTo(plan.length()) < 0) {
        rest(200, 800);
        boolean any = recovered || random.nextInt(100) < START_AGAIN_PERCENT;
        starting |= happen(any ? faults.next() : gentle.next(), "", injector);
        if (random.nextInt(100) < SECOND_FAULT_PERCENT) {
          happen(gentle.next(), "with ", injector);
        }
        cluster.heal();
        int percent = starting ? UNRECOVERED_WHILE_STARTING_PERCENT : UNRECOVERED_PERCENT;
        recovered = random.nextInt(100) >= percent;
        if (recovered) {
          tell("serves " + recovery.await().toMillis() + " ms after healing");
          starting = false;
        } else {
          tell("healed");
        }
      }
      recovery.await();
      return true;
    } catch (TimeoutException | IllegalStateException e) {
      tell("wedged or ended");
      violations.add(e.getMessage());
      ThreadDumps.keep(cluster, home);
      return false;
    }
  }

  /** Whether a member has to start again now. */
  private boolean happen(Optional<Fault> fault, String before, FaultInjector injector)
      throws IOException, InterruptedException {
    if (fault.isEmpty()) {
      return false;
    }
    tell(before + injector.inject(fault.get()));
    rest(200, 2_000);
    return fault.get().endsProcesses();
  }

  private void await(List<Future<?>> clients) throws InterruptedException {
    for (Future<?> client : clients) {
      try {
        client.get();
      } catch (ExecutionException e) {
        violations.add("a client broke: " + e.getCause());
      }
    }
  }

  private Outcome outcome(FaultInjector injector, Recovery recovery, List<Workload> workloads) {
    List<String> summary = new ArrayList<>();
    summary.add("faults: " + injector.count() + " (" + injector.summary() + ")");
    summary.add("until all serve again: " + recovery.summary());
    for (Workload workload : workloads) {
      summary.add(workload.name() + ": " + workload.acknowledged() + " acknowledged");
    }
    long acknowledged = acknowledged(workloads);
    summary.add("acknowledged operations: " + acknowledged);
    return new Outcome(injector.count(), acknowledged, List.copyOf(violations), summary);
  }

  private static long acknowledged(List<Workload> workloads) {
    return workloads.stream().mapToLong(Workload::acknowledged).sum();
  }

  /** A run that tried too little shows nothing. */
  private void expect(long count, long countMin, String what) {
    if (count < countMin) {
      violations.add("only %d %s, wanted at least %d".formatted(count, what, countMin));
    }
  }

  private void keep(List<Workload> workloads) throws IOException {
    Files.write(home.resolve("timeline.txt"), timeline);
    Files.write(home.resolve("violations.txt"), violations);
    for (Workload workload : workloads) {
      workload.keep(home);
    }
  }

  private void rest(int millisMin, int millisMax) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(random.nextInt(millisMin, millisMax));
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - begunNanos);
  }

  private void tell(String what) {
    String line = "%7.1f s  %s".formatted(elapsed().toMillis() / 1e3, what);
    timeline.add(line);
    progress.accept(line);
  }
}
