package io.conclave.testkit.sim;

import io.conclave.keyspace.AppliedTree;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.LogPosition;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The key space actor in one life of a process: what is sent to it waits in a mailbox and is done
 * one after the other, a little later.
 */
final class SimKeySpace {
  /** How quick it is at the moment. */
  static final class Pace {
    long delayMicrosMax = 300;
  }

  private final SimClock clock;
  private final Life life;
  private final RandomGenerator random;
  private final Pace pace;
  private AppliedTree applied;
  private LogPosition told;
  private long busyUntilMicros;

  SimKeySpace(SimClock clock, Life life, RandomGenerator random, Pace pace, AppliedTree recovered) {
    this.clock = clock;
    this.life = life;
    this.random = random;
    this.pace = pace;
    this.applied = recovered;
    this.told = recovered.position();
  }

  /** Has something done to the tree when all that was sent before is done. */
  void send(Consumer<AppliedTree> message) {
    busyUntilMicros =
        Math.max(busyUntilMicros, clock.nowMicros()) + random.nextLong(pace.delayMicrosMax);
    life.after(busyUntilMicros - clock.nowMicros(), () -> message.accept(applied));
  }

  void replace(AppliedTree installed) {
    applied = installed;
  }

  /** The published tree. */
  KeySpace tree() {
    return applied.tree();
  }

  LogPosition position() {
    return applied.position();
  }

  /** How far it has told the member that it has applied. */
  LogPosition told() {
    return told;
  }

  void tell(LogPosition position) {
    told = position;
  }
}
