package io.conclave.testkit.sim;

import io.conclave.raft.core.JournalDamage;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.IdentityRefusal;
import io.conclave.raft.peer.Pins.Pin;
import io.conclave.raft.peer.Witness;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Data dirs that are not what they were: wiped, copied, cut back, with a hole. Made only where the
 * others can notice: whoever has never met a member believes any data dir of it, and a cluster that
 * has lost more than a minority can't be well again.
 */
final class IdentityFaults {
  private final SimCluster cluster;
  private final RandomGenerator random;

  IdentityFaults(SimCluster cluster, RandomGenerator random) {
    this.cluster = cluster;
    this.random = random;
  }

  void strike() {
    List<SimHost> sound = cluster.homes().stream().filter(SimHost::isSound).toList();
    SimHost victim = sound.get(random.nextInt(sound.size()));
    if (!victim.isUp() || !isDispensable(victim) || !isKnownToAll(victim)) {
      return;
    }
    switch (random.nextInt(5)) {
      case 0 -> wipe(victim);
      case 1 -> victim.diskBeforeLastBoot().ifPresent(copy -> bringBack(victim, copy));
      case 2 -> startClone(victim);
      case 3 -> loseRecord(victim);
      default -> loseTail(victim);
    }
  }

  /** The cluster has and keeps a majority without it, whatever else was lost before. */
  private boolean isDispensable(SimHost victim) {
    if (cluster.isChangeOpen()) {
      return false;
    }
    List<MemberId> voters = cluster.applied().voters();
    long left =
        voters.stream().map(cluster::home).filter(host -> host != victim && host.isSound()).count();
    return left >= voters.size() / 2 + 1 && voters.size() >= 3;
  }

  /** Everybody has its present boot on disk. */
  private boolean isKnownToAll(SimHost victim) {
    Boot boot = victim.member().directory().self().boot();
    return cluster.homes().stream()
        .filter(host -> host != victim && host.standing() == SimHost.Standing.GOOD)
        .allMatch(
            host ->
                host.disk().pins().of(victim.id).map(Pin::boot).filter(boot::equals).isPresent());
  }

  private void wipe(SimHost victim) {
    cluster.tally.count(Happening.DISK_WIPED);
    victim.crash(false);
    SimDisk blank = SimDisk.empty(random, cluster.tally);
    victim.replaceDisk(blank, Set.of(IdentityRefusal.OTHER_DATA_DIR));
    if (cluster.founders().member(victim.id).isPresent()) {
      victim.found(cluster.founders());
    }
    startAgain(victim);
  }

  /** A copy from before two starts, the later of which everybody has seen. */
  private void bringBack(SimHost victim, SimDisk copy) {
    cluster.tally.count(Happening.OLD_COPY_STARTED);
    victim.crash(false);
    victim.replaceDisk(copy, Set.of(IdentityRefusal.OLD_COPY));
    startAgain(victim);
  }

  /** Beside the original, which everybody has met. */
  private void startClone(SimHost victim) {
    cluster.tally.count(Happening.CLONE_STARTED);
    SimHost clone = cluster.impostor(victim.id, victim.diskBeforeBoot().copy());
    clone.replaceDisk(clone.disk(), Set.of(IdentityRefusal.CLONE, IdentityRefusal.OLD_COPY));
    clone.start();
  }

  /** A hole in the journal, where the note tells what should be there. */
  private void loseRecord(SimHost victim) {
    victim.crash(false);
    if (victim.disk().loseRecord(random)) {
      cluster.tally.count(Happening.RECORD_LOST);
      victim.expectDamage();
    }
    startAgain(victim);
  }

  /**
   * Takes back what all others know to be on its disk, together with the note that could tell. They
   * only have that in memory, so nobody else falls before it has come out.
   */
  private void loseTail(SimHost victim) {
    OptionalLong known = knownToAll(victim);
    if (known.isEmpty()) {
      return;
    }
    SimDisk disk = victim.disk();
    victim.crash(false);
    disk.cutBack(known.getAsLong() - 1);
    if (isRecoverable(disk)) {
      cluster.tally.count(Happening.TAIL_LOST);
      victim.replaceDisk(disk, Set.of(IdentityRefusal.LOST_WRITES));
      cluster.mishaps.holdOffUntilRefused(victim);
    } else {
      cluster.tally.count(Happening.RECORD_LOST);
      victim.expectDamage();
    }
    startAgain(victim);
  }

  /** A sequence number that all others have heard to be durable; empty if some have not. */
  private OptionalLong knownToAll(SimHost victim) {
    Boot boot = victim.member().directory().self().boot();
    long least = Long.MAX_VALUE;
    for (SimHost host : cluster.homes()) {
      if (host == victim || host.standing() != SimHost.Standing.GOOD) {
        continue;
      }
      if (!host.isUp()) {
        return OptionalLong.empty();
      }
      long heard =
          host.member().directory().witnesses().stream()
              .filter(w -> w.member().equals(victim.id) && w.boot().equals(boot))
              .mapToLong(Witness::durableSeq)
              .max()
              .orElse(0);
      least = Math.min(least, heard);
    }
    return least > 1 && least < Long.MAX_VALUE ? OptionalLong.of(least) : OptionalLong.empty();
  }

  private boolean isRecoverable(SimDisk disk) {
    try {
      new SimJournal(
              disk.copy(), new SimJournal.Quality(), new Life(cluster.clock), random, cluster.tally)
          .recover(cluster.emptyTree());
      return true;
    } catch (JournalDamage damage) {
      return false;
    }
  }

  private void startAgain(SimHost victim) {
    cluster.clock.after(random.nextLong(200_000), victim::start);
  }
}
