package io.conclave.testkit.sim;

import io.conclave.keyspace.CommandCodec;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.ProposalTracker.Failure;
import io.conclave.testkit.linear.LinearizabilityChecker;
import io.conclave.testkit.linear.LinearizabilityChecker.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * One run from one seed: a cluster under faults and load, then without faults. Everything in it
 * follows from the seed, so a failure is found again with it.
 */
public final class Simulation {
  private static final int CLIENTS = 10;
  private static final int EPOCH_ELECTIONS = 6;
  private static final int CONFIGURATIONS_MAX = 300_000;
  private static final long REPAIR_MICROS = 300_000;
  private static final long STEP_MICROS = 20_000;

  private final SimCluster cluster;
  private final FaultPlan faults;
  private final Operator operator;
  private final SplittableRandom random;
  private final List<SimClient> clients = new ArrayList<>();
  private final Set<MemberId> asked = new HashSet<>();
  private final Set<MemberId> progressed = new HashSet<>();
  private long events;

  private Simulation(long seed) {
    this.random = new SplittableRandom(seed);
    this.cluster = new SimCluster(RunPlan.draw(random), random.split());
    this.faults = new FaultPlan(cluster, cluster.mishaps, random.split());
    this.operator = new Operator(cluster, random.split());
  }

  /**
   * What a run did.
   *
   * @param events that happened
   * @param entries that were applied
   * @param digest of the applied log; equal for equal runs
   */
  public record Result(long events, long entries, long digest, Tally tally) {}

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
      throw new SafetyViolation(seed, broken, simulation.cluster.trace());
    }
  }

  private Result run() {
    RunPlan.Pace pace = cluster.plan.pace();
    Registers registers =
        new Registers(random.split(), EPOCH_ELECTIONS * cluster.plan.electionMicros());
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new SimClient(i, cluster, random.split(), registers, pace.faultsMicros()));
    }
    clients.forEach(SimClient::begin);
    every(pace.faultEveryMicros(), pace.faultsMicros(), faults::strike);
    every(pace.changeEveryMicros(), pace.faultsMicros(), operator::act);
    events += cluster.clock.runUntil(pace.faultsMicros());
    faults.heal();
    expectProgress(cluster.clock.nowMicros() + pace.recoveryMicros());
    clients.forEach(SimClient::end);
    expectLinearizable();
    return new Result(
        events, cluster.checker.lastApplied(), cluster.checker.digest(), cluster.tally);
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

  /**
   * False data dirs are refused, and members that can't come back are replaced; then each member
   * takes a write and has it applied, and all trees are equal.
   */
  private void expectProgress(long deadline) {
    runUntil(deadline, () -> cluster.unrefused().isEmpty());
    SafetyChecker.check(
        cluster.unrefused().isEmpty(), "nobody refuses the data dirs at %s", cluster.unrefused());
    every(REPAIR_MICROS, deadline, operator::repair);
    runUntil(deadline, () -> operator.lost().isEmpty());
    SafetyChecker.check(operator.lost().isEmpty(), "lost members stay in %s", cluster.applied());
    runUntil(deadline, () -> members().stream().allMatch(host -> isWell(host, deadline)));
    for (SimHost host : members()) {
      SafetyChecker.check(
          isWell(host, deadline),
          "%s is not well after all faults ended: runs %s, took a write %s, applied %s of %d",
          host.id,
          host.isUp(),
          progressed.contains(host.id),
          host.isUp() ? host.member().keySpace().position() : "nothing",
          cluster.checker.lastApplied());
      expectEqual(host);
    }
    runUntil(deadline, () -> clients.stream().allMatch(SimClient::isAnswered));
    SafetyChecker.check(
        clients.stream().allMatch(SimClient::isAnswered), "some requests are never answered");
  }

  private void runUntil(long deadline, BooleanSupplier reached) {
    while (!reached.getAsBoolean() && cluster.clock.nowMicros() < deadline) {
      events += cluster.clock.runUntil(cluster.clock.nowMicros() + STEP_MICROS);
    }
  }

  private List<SimHost> members() {
    return cluster.applied().members().keySet().stream().map(cluster::home).toList();
  }

  /** It runs, has had its write applied, and everything else. */
  private boolean isWell(SimHost host, long deadline) {
    if (host.isUp() && asked.add(host.id)) {
      write(host, deadline);
    }
    return host.isUp()
        && progressed.contains(host.id)
        && host.member().keySpace().position().index() == cluster.checker.lastApplied()
        && host.member().core().lastPosition().equals(host.member().keySpace().position());
  }

  /** As a client who does not give up. */
  private void write(SimHost host, long deadline) {
    Command command =
        new Command.Set(
            KeyPath.of("/end/" + host.id), Bytes.utf8("x"), false, Ttl.PERMANENT, false);
    Request request =
        new Request() {
          @Override
          public void applied(LogEntry entry, Outcome outcome) {
            progressed.add(host.id);
          }

          @Override
          public void failed(Failure failure) {
            cluster.clock.after(STEP_MICROS, () -> write(host, deadline));
          }
        };
    if (!host.isUp()) {
      asked.remove(host.id);
    } else if (cluster.clock.nowMicros() < deadline) {
      long patience = 2 * cluster.plan.electionMicros();
      long until = Math.min(deadline, cluster.clock.nowMicros() + patience);
      host.member().requests().propose(CommandCodec.encode(command), request, until);
      host.attempt();
    }
  }

  private void expectEqual(SimHost host) {
    SimKeySpace keySpace = host.member().keySpace();
    cluster.checker.restored(host.id, keySpace.position(), keySpace.tree());
    SafetyChecker.check(
        host.member().core().membership().equals(keySpace.tree().membership()),
        "%s goes by %s, applied is %s",
        host.id,
        host.member().core().membership(),
        keySpace.tree().membership());
  }

  private void expectLinearizable() {
    cluster
        .history
        .byKey()
        .forEach(
            (key, operations) -> {
              Verdict verdict = LinearizabilityChecker.check(operations, CONFIGURATIONS_MAX);
              SafetyChecker.check(
                  verdict instanceof Verdict.Linearizable,
                  "%s: %s of%n%s",
                  key,
                  verdict,
                  operations);
            });
  }
}
