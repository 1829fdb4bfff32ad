package io.conclave.testkit.sim;

import io.conclave.raft.core.Input;
import io.conclave.raft.core.MemberId;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What can go wrong from one moment to the next, each as one call. */
final class Mishaps {
  private static final long HOLD_OFF_MICROS = 20_000_000;

  private final SimCluster cluster;
  private final RandomGenerator random;
  private Optional<SimHost> awaited = Optional.empty();
  private long heldOffUntilMicros;

  Mishaps(SimCluster cluster, RandomGenerator random) {
    this.cluster = cluster;
    this.random = random;
  }

  /** Until {@code host} is refused, or for a while, nobody falls. */
  void holdOffUntilRefused(SimHost host) {
    awaited = Optional.of(host);
    heldOffUntilMicros = cluster.clock.nowMicros() + HOLD_OFF_MICROS;
    cluster.homes().forEach(each -> each.quality.syncFailureRate = 0);
  }

  private boolean isHeldOff() {
    return cluster.clock.nowMicros() < heldOffUntilMicros
        && awaited.filter(host -> host.standing() == SimHost.Standing.GOOD).isPresent();
  }

  /** Network, disks and clocks get better or worse. */
  void changeWeather() {
    if (isHeldOff()) {
      return;
    }
    SimNetwork network = cluster.network;
    network.dropRate = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.15;
    network.reorders = random.nextInt(3) == 0;
    network.repeatRate = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.1;
    long slow = cluster.plan.electionMicros() / 10;
    boolean slowDisks = cluster.plan.kind() == RunPlan.Kind.SHORT_REIGNS && random.nextBoolean();
    network.delayMicrosMax = 100 + random.nextLong(random.nextInt(4) == 0 ? slow : 4000);
    for (SimHost host : cluster.homes()) {
      host.quality.delayMicrosMax = syncMicrosMax(slowDisks || random.nextInt(8) == 0);
      host.applying.delayMicrosMax = applyMicrosMax();
      host.quality.syncFailureRate = random.nextInt(10) == 0 ? 0.01 : 0;
      host.quality.saveFailureRate = random.nextInt(4) == 0 ? 0.3 : 0;
      host.tickDrift = 0.9 + random.nextDouble() * 0.2;
    }
    cluster.tally.count(Happening.CLOCK_SET);
    cluster.homes().forEach(host -> host.skewWallClock(random.nextLong(10_000) - 5000));
  }

  private long syncMicrosMax(boolean slow) {
    long election = cluster.plan.electionMicros();
    if (random.nextInt(20) == 0) {
      cluster.tally.count(Happening.DISK_STALLED);
      return 2 * election;
    }
    long usual = random.nextBoolean() ? election / 10 : 3000;
    return slow ? 3 * election / 10 : 200 + random.nextLong(usual);
  }

  private long applyMicrosMax() {
    if (random.nextInt(6) > 0) {
      return 300;
    }
    cluster.tally.count(Happening.KEY_SPACE_SLOW);
    return cluster.plan.electionMicros() / 5;
  }

  /** The process ends and is started again after {@code downMicros}. */
  void fell(SimHost host, boolean powerLost, long downMicros) {
    if (host.isUp() && !isHeldOff()) {
      cluster.tally.count(powerLost ? Happening.POWER_LOST : Happening.PROCESS_KILLED);
      host.crash(powerLost);
      cluster.clock.after(downMicros, host::start);
    }
  }

  void fellAll() {
    cluster.tally.count(Happening.ALL_DOWN);
    boolean powerLost = random.nextBoolean();
    cluster
        .up()
        .forEach(host -> fell(host, powerLost, random.nextLong(4 * cluster.plan.electionMicros())));
  }

  void pause(SimHost host, long micros) {
    cluster.tally.count(Happening.PAUSED);
    host.pause(micros);
  }

  /** Cuts one off from all others, in one direction or in both. */
  void isolate(SimHost host, long micros) {
    cluster.tally.count(Happening.ISOLATED);
    boolean deaf = random.nextInt(3) > 0;
    boolean mute = !deaf || random.nextInt(3) > 0;
    for (SimHost other : cluster.homes()) {
      if (deaf && other != host) {
        cutFor(micros, other, host);
      }
      if (mute && other != host) {
        cutFor(micros, host, other);
      }
    }
  }

  void cutFor(long micros, SimHost from, SimHost to) {
    cluster.network.cut(from.address(), to.address());
    cluster.clock.after(micros, () -> cluster.network.join(from.address(), to.address()));
  }

  /** Divides all hosts into two sides; sometimes one side still hears the other. */
  void split(long micros) {
    cluster.tally.count(Happening.PARTITIONED);
    long sides = random.nextLong();
    boolean oneWay = random.nextInt(3) == 0;
    List<SimHost> hosts = cluster.homes();
    for (int i = 0; i < hosts.size(); i++) {
      for (int j = 0; j < hosts.size(); j++) {
        boolean left = (sides >>> i & 1) == 0;
        boolean right = (sides >>> j & 1) == 0;
        if (left != right && (left || !oneWay)) {
          cutFor(micros, hosts.get(i), hosts.get(j));
        }
      }
    }
  }

  /** Asks whoever leads to hand over to somebody, who may be anybody. */
  void transfer() {
    cluster.tally.count(Happening.TRANSFER_ORDERED);
    List<SimHost> hosts = cluster.homes();
    MemberId target =
        random.nextBoolean() ? MemberId.NONE : hosts.get(random.nextInt(hosts.size())).id;
    cluster.up().forEach(host -> host.member().step(new Input.TransferLeadership(target)));
  }

  void suspect(SimHost host) {
    cluster.tally.count(Happening.LEADER_SUSPECTED);
    host.member().step(new Input.LeaderSuspected());
  }

  /** Often to the last byte; which is drawn with the time. */
  void fillDisk(SimHost host, long micros) {
    cluster.tally.count(Happening.DISK_FULL);
    if (micros % 2 == 0) {
      host.fillDiskUp();
    } else {
      host.fillDisk();
    }
    cluster.clock.after(micros, host::freeDisk);
  }

  /** A bit of the newest snapshot file flips, unless nothing could stand in for it. */
  void damageSnapshot(SimHost host) {
    if (!host.isUp() && host.disk().snapshots.damageNewest()) {
      cluster.tally.count(Happening.SNAPSHOT_DAMAGED);
    }
  }
}
