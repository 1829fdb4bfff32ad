package io.conclave.testkit.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Carries out a plan: makes the keys, warms up, measures in turns, and removes the keys. */
final class BenchRun {
  private static final Duration FILL_MAX = Duration.ofMinutes(10);
  private static final Duration REMOVE_TIMEOUT = Duration.ofSeconds(60);
  private static final int FILL_CONNECTIONS = 64;

  private final BenchPlan plan;
  private final Consumer<String> progress;

  /**
   * Prepares a run.
   *
   * @param progress takes a line for people now and then
   */
  BenchRun(BenchPlan plan, Consumer<String> progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Does it all, in {@link BenchPlan#expected()} and some seconds.
   *
   * @throws IOException when a target cannot be reached or refuses the keys
   */
  List<Report.Line> measure() throws IOException, InterruptedException {
    for (Target target : plan.targets()) {
      fill(target);
    }
    try {
      List<Report.Line> lines = new ArrayList<>();
      for (Row row : plan.rows()) {
        lines.add(measure(row));
      }
      return lines;
    } finally {
      for (Target target : plan.targets()) {
        remove(target);
      }
    }
  }

  private Report.Line measure(Row row) throws IOException, InterruptedException {
    progress.accept(row.workload().label() + ", " + row.connectionsLabel());
    for (Target target : plan.targets()) {
      if (!plan.warmUp().isZero()) {
        load(row, target, plan.warmUp(), plan.seed());
      }
    }
    List<List<LoadResult>> results = new ArrayList<>();
    plan.targets().forEach(target -> results.add(new ArrayList<>()));
    for (int round = 0; round < plan.rounds(); round++) {
      for (int i = 0; i < plan.targets().size(); i++) {
        Target target = plan.targets().get(i);
        results.get(i).add(load(row, target, plan.round(), plan.seed() + 1 + round));
      }
    }
    List<Summary> summaries = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      summaries.add(Summary.of(row, plan.targets().get(i), results.get(i)));
    }
    return new Report.Line(summaries);
  }

  private LoadResult load(Row row, Target target, Duration length, long seed)
      throws IOException, InterruptedException {
    if (row.workload().isWatch()) {
      LoadShape shape = new LoadShape(row.connections(), true, length, plan.timeout());
      boolean streaming = row.workload() == Workload.WATCH;
      return together(List.of(new WatchLoop(target, streaming, plan.valueBytes(), shape)));
    }
    RequestBook book = RequestBook.of(target, plan.keys(), plan.valueBytes(), row.keepAlive());
    int threads = Math.min(plan.threads(), row.connections());
    List<Callable<LoadResult>> loops = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int connections =
          row.connections() / threads + (thread < row.connections() % threads ? 1 : 0);
      loops.add(
          new LoadLoop(
              target,
              book.endless(row.workload(), plan.writePercent(), seed * 31 + thread),
              new LoadShape(connections, row.keepAlive(), length, plan.timeout())));
    }
    return together(loops);
  }

  private void fill(Target target) throws IOException, InterruptedException {
    progress.accept("writing " + plan.keys() + " keys to " + target.label());
    RequestBook book = RequestBook.of(target, plan.keys(), plan.valueBytes(), true);
    LoadShape shape = new LoadShape(FILL_CONNECTIONS, true, FILL_MAX, plan.timeout());
    LoadResult result = together(List.of(new LoadLoop(target, book.fill(), shape)));
    if (!result.failures().isEmpty()) {
      throw new IOException(
          "%s does not take the keys: %s"
              .formatted(target.label(), Failure.describe(result.failures())));
    }
  }

  private void remove(Target target) throws IOException, InterruptedException {
    RequestSource once = RequestBook.removal(target);
    LoadShape shape = new LoadShape(1, true, REMOVE_TIMEOUT, REMOVE_TIMEOUT);
    LoadResult result = together(List.of(new LoadLoop(target, once, shape)));
    if (!result.failures().isEmpty()) {
      progress.accept("could not remove the keys from " + target.label());
    }
  }

  private static LoadResult together(List<? extends Callable<LoadResult>> loops)
      throws IOException, InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(loops.size())) {
      List<Future<LoadResult>> futures = new ArrayList<>();
      loops.forEach(loop -> futures.add(threads.submit(loop)));
      LoadResult sum = futures.getFirst().get();
      for (Future<LoadResult> future : futures.subList(1, futures.size())) {
        sum = sum.plus(future.get());
      }
      return sum;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException("a client thread broke", e.getCause());
    }
  }
}
