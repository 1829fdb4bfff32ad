package io.conclave.testkit.sim;

import io.conclave.raft.codec.EntryCodec;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.FirstEntry;
import io.conclave.raft.core.JournalDamage;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.peer.IdentityRefusal;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A machine on which a member can run: its disk, its address, its clocks, and the process, if there
 * is one. A copy of a disk that somebody starts elsewhere is another host with the same id.
 */
final class SimHost {
  /** Why its process won't start again. */
  enum Standing {
    GOOD,
    /** The member was removed: exit code 0. */
    REMOVED,
    /** Its peers refuse its data dir: exit code 13. */
    REFUSED,
    /** Its disk has lost something: exit code 11. */
    DAMAGED
  }

  final MemberId id;
  final SimJournal.Quality quality = new SimJournal.Quality();
  final SimKeySpace.Pace applying = new SimKeySpace.Pace();
  private final SimCluster cluster;
  private final Membership contacts;
  private final String address;
  private SimDisk disk;
  private SimDisk beforeBoot;
  private SimDisk beforeBootBefore;
  private SimMember member;
  private Life life;
  private Standing standing = Standing.GOOD;
  private boolean diskHasSpace = true;
  private boolean damageExpected;
  private Set<IdentityRefusal> refusalsExpected = Set.of();

  /** A false data dir gets one start: each raises its counter, until nobody can tell any more. */
  private boolean spent;

  private long wallSkewMillis;
  double tickDrift = 1;

  /**
   * @param contacts whom a member greets that has no configuration yet
   */
  SimHost(SimCluster cluster, MemberId id, String address, Membership contacts, SimDisk disk) {
    this.cluster = cluster;
    this.id = id;
    this.address = address;
    this.contacts = contacts;
    this.disk = disk;
  }

  /** Writes the first entry, as every initial member does into its empty journal. */
  void found(Membership initial) {
    disk.journal.begin();
    disk.journal.write(1, EntryCodec.encode(FirstEntry.event(initial.members().values())));
    disk.journal.sync();
  }

  String address() {
    return address;
  }

  Membership contacts() {
    return contacts;
  }

  SimDisk disk() {
    return disk;
  }

  /** A copy made right before the present start. */
  SimDisk diskBeforeBoot() {
    return beforeBoot;
  }

  /** A copy made right before the start before; empty at the first start. */
  Optional<SimDisk> diskBeforeLastBoot() {
    return Optional.ofNullable(beforeBootBefore);
  }

  boolean isUp() {
    return member != null;
  }

  SimMember member() {
    return member;
  }

  /** A request was put in. */
  void attempt() {
    if (member != null) {
      member.attempt();
    }
  }

  Standing standing() {
    return standing;
  }

  /** Starts a process, unless there is one or it would end at once. */
  void start() {
    if (member != null || standing != Standing.GOOD || spent) {
      return;
    }
    spent = !refusalsExpected.isEmpty();
    beforeBootBefore = beforeBoot;
    beforeBoot = disk.copy();
    life = new Life(cluster.clock);
    try {
      member = new SimMember(this, cluster, life);
    } catch (JournalDamage damage) {
      SafetyChecker.check(damageExpected, "%s can't start: %s", id, damage.getMessage());
      count(Happening.DAMAGE_FOUND);
      trace("finds damage: " + damage.getMessage());
      end(Standing.DAMAGED);
      return;
    }
    SafetyChecker.check(!damageExpected, "%s does not notice what its disk has lost", id);
    network().attach(address, this::arrived);
    member.begin();
  }

  private void arrived(SimNetwork.Channel channel, Bytes envelope) {
    SimMember receiver = member;
    life.run(() -> receiver.arrived(channel, envelope));
  }

  void crash(boolean powerLost) {
    trace(powerLost ? "loses its power" : "dies");
    stop();
    disk.crash(powerLost, cluster.random);
  }

  private void stop() {
    if (member != null) {
      SimMember gone = member;
      life.end();
      member = null;
      network().attach(address, (channel, envelope) -> {});
      gone.abandon();
    }
  }

  private void end(Standing reason) {
    stop();
    standing = reason;
  }

  void pause(long micros) {
    if (life != null) {
      life.pause(micros);
    }
  }

  /** The member applied its own removal. */
  void removed() {
    if (standing == Standing.GOOD) {
      trace("stops, it is removed");
      count(Happening.REMOVED_STOPPED);
      end(Standing.REMOVED);
    }
  }

  /** A peer refuses the running process, which therefore ends. */
  void refused(IdentityRefusal why, String text) {
    if (why == IdentityRefusal.REMOVED) {
      count(Happening.REMOVAL_TOLD);
      end(Standing.REMOVED);
      return;
    }
    SafetyChecker.check(
        refusalsExpected.contains(why), "%s is refused as %s: %s", address, why, text);
    switch (why) {
      case OTHER_DATA_DIR -> count(Happening.DATA_DIR_REFUSED);
      case OLD_COPY -> count(Happening.OLD_COPY_REFUSED);
      case CLONE -> count(Happening.CLONE_REFUSED);
      case LOST_WRITES -> count(Happening.LOST_WRITES_REFUSED);
      case OTHER_CLUSTER, OTHER_FIRST_ENTRY, REMOVED, TOO_MANY_MEMBERS ->
          throw new SafetyViolation(address + " ends because of " + why);
    }
    end(Standing.REFUSED);
  }

  /** Somebody puts another disk into the stopped host; its peers will refuse it as one of these. */
  void replaceDisk(SimDisk other, Set<IdentityRefusal> expected) {
    disk = other;
    refusalsExpected = Set.copyOf(expected);
  }

  /** The disk has lost what the next start has to notice. */
  void expectDamage() {
    damageExpected = true;
  }

  /** Neither wiped nor copied nor damaged. */
  boolean isSound() {
    return standing == Standing.GOOD && refusalsExpected.isEmpty() && !damageExpected;
  }

  boolean diskHasSpace() {
    return diskHasSpace;
  }

  /** Room for terms and votes is left, but entries are not taken. */
  void fillDisk() {
    diskHasSpace = false;
  }

  /** Not a byte is left. */
  void fillDiskUp() {
    fillDisk();
    quality.full = true;
  }

  void freeDisk() {
    diskHasSpace = true;
    quality.full = false;
  }

  long wallMillis() {
    return 1_000_000_000L + cluster.clock.nowMillis() + wallSkewMillis;
  }

  void skewWallClock(long millis) {
    wallSkewMillis = millis;
  }

  SimNetwork network() {
    return cluster.network;
  }

  RandomGenerator random() {
    return cluster.random;
  }

  void count(Happening happening) {
    cluster.tally.count(happening);
  }

  void trace(Object event) {
    cluster.trace(address, event);
  }
}
