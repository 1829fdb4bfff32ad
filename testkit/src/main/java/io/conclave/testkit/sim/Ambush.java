package io.conclave.testkit.sim;

import io.conclave.raft.core.Effect;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Strikes at chosen moments: between a write and its sync, right after an election, while a
 * snapshot is installed. What matters in Raft happens within milliseconds, and faults that know
 * nothing of it seldom hit.
 */
final class Ambush {
  private final SimCluster cluster;
  private final Mishaps mishaps;
  private final RandomGenerator random;
  private boolean off;

  Ambush(SimCluster cluster, Mishaps mishaps, RandomGenerator random) {
    this.cluster = cluster;
    this.mishaps = mishaps;
    this.random = random;
  }

  /** No more of it. */
  void end() {
    off = true;
  }

  /** {@code host} has just carried out {@code effect}. */
  void witnessed(SimHost host, Effect effect) {
    if (!isLaid(likelihood(host, effect))) {
      return;
    }
    if (effect instanceof Effect.RoleChanged && random.nextInt(4) > 0) {
      leaveAlone(host);
    }
    long election = cluster.plan.electionMicros();
    if (effect instanceof Effect.StreamSnapshot stream) {
      SimHost victim = receiver(host, stream);
      cluster.clock.after(reach(), () -> strike(victim, election / 2)); // the offer still stands
    } else {
      cluster.clock.after(reach(), () -> strike(host, 2 * election));
    }
  }

  /** {@code host} has begun to write other entries over some that may be on their way still. */
  void overwrites(SimHost host) {
    if (isLaid(0.3)) {
      cluster.clock.after(reach(), () -> strike(host, 2 * cluster.plan.electionMicros()));
    }
  }

  private boolean isLaid(double likelihood) {
    if (off || random.nextDouble() >= likelihood * cluster.plan.ambushes()) {
      return false;
    }
    cluster.tally.count(Happening.AMBUSHED);
    return true;
  }

  /** Mostly it is not the sender of a snapshot that falls, but who fetches it. */
  private SimHost receiver(SimHost sender, Effect.StreamSnapshot stream) {
    SimHost receiver = cluster.home(stream.peer());
    return receiver == null || random.nextInt(4) == 0 ? sender : receiver;
  }

  private double likelihood(SimHost host, Effect effect) {
    boolean shortReigns = cluster.plan.kind() == RunPlan.Kind.SHORT_REIGNS;
    boolean snapshots = cluster.plan.kind() == RunPlan.Kind.SNAPSHOTS;
    boolean bulk = cluster.plan.kind() == RunPlan.Kind.BULK;
    boolean leads = host.isUp() && host.member().core().role() == Role.LEADER;
    return switch (effect) {
      case Effect.RoleChanged change when change.role() == Role.LEADER -> shortReigns ? 0.6 : 0.1;
      case Effect.Persist(long ignored, JournalEvent.HardStateSaved vote) -> 0.03;
      case Effect.Persist ignored -> 0.003;
      case Effect.MembershipChanged ignored -> 0.1;
      case Effect.InstallSnapshot ignored -> 0.2;
      case Effect.StreamSnapshot ignored -> bulk ? 0.5 : 0.05;
      case Effect.TakeSnapshot ignored -> snapshots ? 0.1 : 0.02;
      case Effect.Apply ignored -> shortReigns && leads ? 0.05 : 0.001;
      case Effect.RoleChanged ignored -> 0.005;
      case Effect.ReadConfirmed ignored -> 0.001;
      case Effect.Send ignored -> 0;
      case Effect.ReadRefused ignored -> 0;
      case Effect.ProposalRefused ignored -> 0;
      case Effect.DropSnapshot ignored -> 0;
    };
  }

  /** Mostly within the time of a sync or a message, sometimes within that of a few. */
  private long reach() {
    return random.nextInt(3) == 0 ? random.nextLong(100_000) : random.nextLong(15_000);
  }

  /** A new leader reaches only a few, for a while. */
  private void leaveAlone(SimHost leader) {
    List<SimHost> peers = new ArrayList<>(cluster.homes());
    peers.remove(leader);
    Collections.shuffle(peers, random);
    int reached = Math.min(random.nextInt(3), peers.size());
    long election = cluster.plan.electionMicros();
    for (SimHost peer : peers.subList(reached, peers.size())) {
      mishaps.cutFor(election / 4 + random.nextLong(2 * election), leader, peer);
    }
  }

  private void strike(SimHost host, long most) {
    if (off || !host.isUp()) {
      return;
    }
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3, 4, 5 -> mishaps.fell(host, random.nextBoolean(), random.nextLong(most));
      case 6, 7 -> mishaps.isolate(host, random.nextLong(most));
      case 8 -> mishaps.pause(host, random.nextLong(most));
      default -> cluster.up().forEach(each -> mishaps.fell(each, true, random.nextLong(most)));
    }
  }
}
