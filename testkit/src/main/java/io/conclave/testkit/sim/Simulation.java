package io.conclave.testkit.sim;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftOptions;
import io.conclave.raft.core.RaftOptions.Batching;
import io.conclave.raft.core.RaftOptions.Compaction;
import io.conclave.raft.core.RaftOptions.Timing;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One run from one seed: a cluster under faults and load, then without faults. Everything in it
 * follows from the seed, so a failure is found again with it.
 */
public final class Simulation {
  private static final long FAULTS_MICROS = 15_000_000;
  private static final long REQUEST_EVERY_MICROS = 15_000;
  private static final long FAULT_EVERY_MICROS = 500_000;

  /** After the last fault a write at each member succeeds within this time. */
  private static final long RECOVERY_MICROS = 12_000_000;

  private final long seed;
  private final SimCluster cluster;
  private final FaultPlan faults;
  private final SplittableRandom random;
  private int events;

  private Simulation(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    int voters = random.nextInt(10) == 0 ? 1 + random.nextInt(2) : 3 + 2 * random.nextInt(2);
    this.cluster = new SimCluster(random.nextLong(), voters, options(random));
    this.cluster.workload.changesMembership = random.nextBoolean();
    this.faults = new FaultPlan(cluster, random.split());
  }

  private static RaftOptions options(SplittableRandom random) {
    Batching batching =
        new Batching(
            1 + random.nextInt(20),
            1 << 20,
            1 + random.nextInt(2),
            1 + random.nextInt(10),
            128 << 10,
            1 + random.nextInt(50),
            2 << 20,
            100,
            64 << 20,
            1 + random.nextInt(50),
            200);
    Compaction compaction =
        new Compaction(5 + random.nextInt(100), 0, random.nextInt(30), 64L << 20);
    return new RaftOptions(new Timing(100, 10), batching, compaction, true);
  }

  /** What a run did. */
  public record Result(int events, int commandsApplied, Map<String, Integer> counts) {}

  /**
   * Runs {@code seed} to its end.
   *
   * @throws SafetyViolation if a promise was broken, or if the cluster does not come back; the
   *     message tells the seed and what happened last
   */
  public static Result run(long seed) {
    Simulation simulation = new Simulation(seed);
    try {
      return simulation.run();
    } catch (RuntimeException | AssertionError broken) {
      SafetyViolation violation =
          new SafetyViolation(
              "seed %d: %s%n%s".formatted(seed, broken.getMessage(), simulation.cluster.trace()));
      violation.initCause(broken);
      throw violation;
    }
  }

  private Result run() {
    every(REQUEST_EVERY_MICROS, FAULTS_MICROS, cluster.workload::request);
    every(FAULT_EVERY_MICROS, FAULTS_MICROS, faults::strike);
    events += cluster.clock.runUntil(FAULTS_MICROS);
    faults.heal();
    long healed = cluster.clock.nowMicros();
    events += cluster.clock.runUntil(healed + RECOVERY_MICROS / 2);
    expectProgress(healed + RECOVERY_MICROS);
    return new Result(events, cluster.checker.commandsApplied(), cluster.counts());
  }

  private void every(long micros, long untilMicros, Runnable action) {
    long next = cluster.clock.nowMicros() + 1 + random.nextLong(2 * micros);
    if (next < untilMicros) {
      cluster.clock.after(
          next - cluster.clock.nowMicros(),
          () -> {
            action.run();
            every(micros, untilMicros, action);
          });
    }
  }

  /** Each member of the cluster takes a write and has it applied, and all trees are equal. */
  private void expectProgress(long deadline) {
    Map<MemberId, Bytes> writes = new java.util.TreeMap<>();
    for (MemberId id : cluster.applied().members().keySet()) {
      SimMember member = cluster.get(id);
      SafetyChecker.check(member != null && member.isUp(), "%s does not run", id);
      writes.put(id, cluster.workload.write(member, deadline));
    }
    events += cluster.clock.runUntil(deadline);
    writes.forEach(
        (id, command) ->
            SafetyChecker.check(
                cluster.workload.isAcknowledged(command),
                "no progress at %s after all faults ended: %s",
                id,
                cluster.get(id).core() == null
                    ? "removed"
                    : cluster.get(id).core().role() + " term " + cluster.get(id).core().term()));
    for (MemberId id : cluster.applied().members().keySet()) {
      SimStore store = cluster.get(id).store();
      SafetyChecker.check(
          store.applied() == cluster.checker.lastApplied(),
          "%s has applied %d of %d",
          id,
          store.applied(),
          cluster.checker.lastApplied());
    }
  }

  public long seed() {
    return seed;
  }
}
