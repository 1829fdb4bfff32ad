package io.conclave.testkit.sim;

import java.util.List;
import java.util.random.RandomGenerator;

/** Draws from the seed which fault comes next. */
final class FaultPlan {
  private final SimCluster cluster;
  private final Mishaps mishaps;
  private final IdentityFaults identities;
  private final RandomGenerator random;
  private final long electionMicros;

  FaultPlan(SimCluster cluster, Mishaps mishaps, RandomGenerator random) {
    this.cluster = cluster;
    this.mishaps = mishaps;
    this.random = random;
    this.identities = new IdentityFaults(cluster, random);
    this.electionMicros = cluster.plan.electionMicros();
    mishaps.changeWeather();
  }

  /** One fault, now. */
  void strike() {
    List<SimHost> up = cluster.up();
    if (up.isEmpty()) {
      return;
    }
    SimHost host = up.get(random.nextInt(up.size()));
    if (cluster.plan.kind() == RunPlan.Kind.IDENTITY && random.nextInt(4) == 0) {
      identities.strike();
      return;
    }
    switch (random.nextInt(14)) {
      case 0, 1, 2 -> fell(host);
      case 3 -> mishaps.fellAll();
      case 4 -> mishaps.isolate(host, a(3));
      case 5, 6 -> mishaps.split(a(4));
      case 7 -> mishaps.pause(host, a(4));
      case 8 -> mishaps.changeWeather();
      case 9, 10 -> mishaps.transfer();
      case 11 -> mishaps.suspect(host);
      case 12 -> mishaps.fillDisk(host, a(2));
      default -> cluster.network.healAll();
    }
  }

  /** Some time, up to so many election timeouts. */
  private long a(int timeouts) {
    return random.nextLong(timeouts * electionMicros);
  }

  private void fell(SimHost host) {
    mishaps.fell(host, random.nextBoolean(), a(4));
    if (random.nextInt(4) == 0) {
      mishaps.damageSnapshot(host);
    }
  }

  /** No more faults: whoever can run does, reaches everybody and has a good disk. */
  void heal() {
    cluster.ambush.end();
    cluster.network.healAll();
    cluster.network.dropRate = 0;
    cluster.network.repeatRate = 0;
    cluster.network.reorders = false;
    cluster.network.delayMicrosMax = 1000;
    for (SimHost host : cluster.homes()) {
      host.pause(0);
      host.freeDisk();
      host.applying.delayMicrosMax = 300;
      host.quality.delayMicrosMax = 2000;
      host.quality.syncFailureRate = 0;
      host.quality.saveFailureRate = 0;
      host.start();
    }
  }
}
