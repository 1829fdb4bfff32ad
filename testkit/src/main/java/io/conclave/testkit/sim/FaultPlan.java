package io.conclave.testkit.sim;

import io.conclave.raft.core.Input;
import io.conclave.raft.core.MemberId;
import java.util.List;
import java.util.random.RandomGenerator;

/** Draws faults from the seed: how rough this run is, and what happens next in it. */
final class FaultPlan {
  private final SimCluster cluster;
  private final RandomGenerator random;

  FaultPlan(SimCluster cluster, RandomGenerator random) {
    this.cluster = cluster;
    this.random = random;
    roughen();
  }

  /** Another kind of weather for network and disks. */
  private void roughen() {
    SimNetwork network = cluster.network;
    network.dropRate = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.15;
    network.repeatRate = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.1;
    network.delayMicrosMax = 100 + random.nextLong(20_000);
    for (SimMember member : cluster.all()) {
      member.diskDelayMicrosMax = random.nextInt(5) == 0 ? 800_000 : 200 + random.nextLong(20_000);
      member.tickDrift = 0.9 + random.nextDouble() * 0.2;
      cluster.skewWallClock(member.id, random.nextLong(10_000) - 5000);
    }
  }

  /** One fault, now. */
  void strike() {
    List<SimMember> up = cluster.up();
    if (up.isEmpty() || random.nextInt(4) == 0) {
      restartAll();
      return;
    }
    SimMember member = up.get(random.nextInt(up.size()));
    switch (random.nextInt(11)) {
      case 0, 1 -> crash(member);
      case 2 -> crashAll(up);
      case 3 -> isolate(member);
      case 4 -> split();
      case 5 -> pause(member);
      case 6 -> roughen();
      case 7 -> transfer(member);
      case 8 -> suspect(member);
      case 9 -> fillDisk(member);
      default -> cluster.network.healAll();
    }
  }

  private void crash(SimMember member) {
    cluster.count("fault: crash");
    member.crash();
    if (random.nextBoolean()) {
      cluster.clock.after(random.nextLong(3_000_000), () -> restart(member));
    }
  }

  private void crashAll(List<SimMember> up) {
    cluster.count("fault: crash of all");
    up.forEach(SimMember::crash);
    cluster.clock.after(random.nextLong(2_000_000), this::restartAll);
  }

  /** Starts it unless it runs, or has left for good. */
  private void restart(SimMember member) {
    if (!member.isUp() && !member.isRemoved()) {
      cluster.count("restart");
      member.start(random.nextInt(5) == 0);
    }
  }

  void restartAll() {
    cluster.all().forEach(this::restart);
  }

  private void isolate(SimMember member) {
    cluster.count("fault: isolation");
    boolean deaf = random.nextInt(3) > 0;
    boolean mute = !deaf || random.nextInt(3) > 0;
    for (MemberId other : cluster.ids()) {
      if (deaf) {
        cluster.network.cut(other, member.id);
      }
      if (mute) {
        cluster.network.cut(member.id, other);
      }
    }
  }

  private void split() {
    cluster.count("fault: partition");
    List<MemberId> ids = cluster.ids();
    long side = random.nextLong();
    boolean oneWay = random.nextInt(3) == 0;
    for (int i = 0; i < ids.size(); i++) {
      for (int j = 0; j < ids.size(); j++) {
        boolean left = (side >>> i & 1) == 0;
        boolean right = (side >>> j & 1) == 0;
        if (left != right && (left || !oneWay)) {
          cluster.network.cut(ids.get(i), ids.get(j));
        }
      }
    }
  }

  private void pause(SimMember member) {
    cluster.count("fault: pause");
    member.pause(random.nextLong(4_000_000));
  }

  private void transfer(SimMember member) {
    cluster.count("fault: transfer");
    List<MemberId> ids = cluster.ids();
    MemberId target = random.nextBoolean() ? MemberId.NONE : ids.get(random.nextInt(ids.size()));
    cluster.up().forEach(each -> each.step(new Input.TransferLeadership(target)));
    member.step(new Input.PeerUnreachable(target));
  }

  private void suspect(SimMember member) {
    cluster.count("fault: suspicion");
    member.step(new Input.LeaderSuspected());
  }

  private void fillDisk(SimMember member) {
    cluster.count("fault: full disk");
    member.step(new Input.DiskSpace(false));
    cluster.clock.after(
        random.nextLong(2_000_000),
        () -> {
          if (member.isUp()) {
            member.step(new Input.DiskSpace(true));
          }
        });
  }

  /** No more faults: whoever belongs to the cluster runs, reaches everybody and has a good disk. */
  void heal() {
    cluster.network.healAll();
    for (SimMember member : cluster.all()) {
      member.pause(0);
      member.diskDelayMicrosMax = 2000;
      if (member.isUp()) {
        member.step(new Input.DiskSpace(true));
      }
    }
    restartAll();
  }
}
