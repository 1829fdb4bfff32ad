package io.conclave.testkit.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Many seeds, one after the other on each of several threads, until one fails. */
public final class Campaign {
  private final long firstSeed;
  private final long seedsMax;
  private final long deadlineNanos;
  private final AtomicLong taken = new AtomicLong();
  private final Tally tally = new Tally();
  private Optional<SafetyViolation> violation = Optional.empty();
  private long seeds;
  private long events;
  private long entries;
  private long digest;

  /**
   * @param seedsMax how many seeds at most
   * @param deadlineNanos on {@link System#nanoTime}'s scale; no seed is begun after it
   */
  public Campaign(long firstSeed, long seedsMax, long deadlineNanos) {
    this.firstSeed = firstSeed;
    this.seedsMax = seedsMax;
    this.deadlineNanos = deadlineNanos;
  }

  /** Returns when all seeds are done, the time is over, or one has failed. */
  public void run(int threads) throws InterruptedException {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        workers.add(pool.submit(this::work));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (ExecutionException broken) {
      throw new IllegalStateException(broken.getCause());
    }
  }

  private void work() {
    while (System.nanoTime() < deadlineNanos && violation().isEmpty()) {
      long number = taken.getAndIncrement();
      if (number >= seedsMax) {
        return;
      }
      try {
        add(Simulation.run(firstSeed + number));
      } catch (SafetyViolation broken) {
        fail(broken);
      }
    }
  }

  private synchronized void add(Simulation.Result result) {
    seeds++;
    events += result.events();
    entries += result.entries();
    digest += result.digest();
    tally.add(result.tally());
  }

  private synchronized void fail(SafetyViolation broken) {
    if (violation.filter(first -> first.seed() < broken.seed()).isEmpty()) {
      violation = Optional.of(broken);
    }
  }

  /** The lowest seed that failed. */
  public synchronized Optional<SafetyViolation> violation() {
    return violation;
  }

  /** Seeds that ended well. */
  public synchronized long seeds() {
    return seeds;
  }

  /** Of all seeds that ended well; to be read when they are done. */
  public Tally tally() {
    return tally;
  }

  /** Of all that was applied; equal for equal seeds that ended well. */
  public synchronized long digest() {
    return digest;
  }

  /** In one line. */
  public synchronized String summary() {
    return "%,d seeds, %,d events, %,d entries".formatted(seeds, events, entries);
  }
}
