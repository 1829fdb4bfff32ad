package io.conclave.testkit.sim;

import io.conclave.raft.core.RaftOptions;
import io.conclave.raft.core.RaftOptions.Batching;
import io.conclave.raft.core.RaftOptions.Compaction;
import io.conclave.raft.core.RaftOptions.Timing;
import java.util.random.RandomGenerator;

/**
 * What a seed makes of a run before it begins. Each kind leans towards other trouble, because what
 * is equally likely everywhere hardly ever happens three times in a row.
 *
 * @param voters at the beginning
 * @param votersMin the operator removes no voter below this number
 * @param windowBytesMax entries on their way to one follower
 * @param historyMax events that the key space remembers
 * @param ambushes how often a chosen moment is struck, 1 for as often as it is sensible
 */
record RunPlan(
    Kind kind,
    int voters,
    int votersMin,
    RaftOptions options,
    Pace pace,
    long windowBytesMax,
    int historyMax,
    double ambushes) {
  enum Kind {
    /** A little of everything. */
    MIXED,
    /** Leaders fall as soon as they have replicated a little (figure 8 of the paper). */
    SHORT_REIGNS,
    /** Members come and go. */
    RECONFIGURATION,
    /** The log is short, followers fall behind it. */
    SNAPSHOTS,
    /** Values that travel in pieces, snapshots of several chunks. */
    BULK,
    /** Disks are wiped, copied and damaged. */
    IDENTITY
  }

  /**
   * @param tickMicros between two ticks of a core
   * @param faultsMicros how long there are faults
   * @param faultEveryMicros mean time between two
   * @param recoveryMicros how long everything may take to be well again
   * @param changeEveryMicros mean time between two changes of the configuration
   * @param greetingMicros between two looks for silent peers
   * @param noteMicros between two witness notes
   */
  record Pace(
      long tickMicros,
      long faultsMicros,
      long faultEveryMicros,
      long recoveryMicros,
      long changeEveryMicros,
      long greetingMicros,
      long noteMicros) {}

  static RunPlan draw(RandomGenerator random) {
    Kind kind = kind(random);
    int voters = voters(kind, random);
    int votersMin = kind == Kind.IDENTITY ? 3 : Math.min(voters, 1 + random.nextInt(3));
    RaftOptions options =
        new RaftOptions(
            timing(kind, random), batching(kind, random), compaction(kind, random), true);
    return new RunPlan(
        kind,
        voters,
        votersMin,
        options,
        pace(kind, options.timing(), random),
        kind == Kind.BULK ? 1 << 20 : 2000 + random.nextLong(100_000),
        5 + random.nextInt(kind == Kind.BULK ? 3 : 50),
        random.nextInt(3) == 0 ? 0 : random.nextDouble() * 2);
  }

  private static Kind kind(RandomGenerator random) {
    int draw = random.nextInt(20);
    if (draw < 4) {
      return Kind.MIXED;
    } else if (draw < 9) {
      return Kind.SHORT_REIGNS;
    } else if (draw < 13) {
      return Kind.RECONFIGURATION;
    } else if (draw < 17) {
      return Kind.SNAPSHOTS;
    }
    return draw < 18 ? Kind.BULK : Kind.IDENTITY;
  }

  /** Also even numbers, where the majorities of two configurations in a row meet only just. */
  private static int voters(Kind kind, RandomGenerator random) {
    return switch (kind) {
      case SHORT_REIGNS -> random.nextInt(4) == 0 ? 3 : 5;
      case RECONFIGURATION -> 2 + random.nextInt(4);
      case IDENTITY -> 3 + 2 * random.nextInt(2);
      case MIXED, SNAPSHOTS, BULK ->
          random.nextInt(6) == 0 ? 1 + random.nextInt(2) : 3 + random.nextInt(3);
    };
  }

  private static Timing timing(Kind kind, RandomGenerator random) {
    int electionTicks =
        switch (kind) {
          case SHORT_REIGNS -> 10;
          case BULK -> 15;
          case MIXED, RECONFIGURATION, SNAPSHOTS, IDENTITY -> random.nextInt(8) == 0 ? 30 : 10;
        };
    return new Timing(electionTicks, electionTicks / 5 + random.nextInt(2));
  }

  private static Batching batching(Kind kind, RandomGenerator random) {
    boolean single = kind == Kind.SHORT_REIGNS && random.nextInt(4) > 0;
    return new Batching(
        single ? 1 : 1 + random.nextInt(20),
        1 << 20,
        1 + random.nextInt(2),
        single ? 1 : 1 + random.nextInt(10),
        128 << 10,
        1 + random.nextInt(50),
        2 << 20,
        20 + random.nextInt(100),
        64 << 20,
        1 + random.nextInt(kind == Kind.SNAPSHOTS ? 4 : 50),
        10 + random.nextInt(200));
  }

  private static Compaction compaction(Kind kind, RandomGenerator random) {
    return switch (kind) {
      case SNAPSHOTS ->
          new Compaction(3 + random.nextInt(15), 0, random.nextInt(5), 64L << 20, 16L << 10);
      case SHORT_REIGNS -> new Compaction(200, 0, 100, 64L << 20);
      case BULK -> new Compaction(20 + random.nextInt(40), 0, random.nextInt(4), 64L << 20);
      case MIXED, RECONFIGURATION, IDENTITY ->
          new Compaction(10 + random.nextInt(100), 0, random.nextInt(30), 64L << 20);
    };
  }

  private static Pace pace(Kind kind, Timing timing, RandomGenerator random) {
    long tick = kind == Kind.SHORT_REIGNS ? 10_000 : 20_000;
    long election = timing.electionTicks() * tick;
    long faults =
        switch (kind) {
          case SHORT_REIGNS -> 30 * election;
          case BULK -> 16 * election;
          case MIXED, RECONFIGURATION, SNAPSHOTS -> 14 * election;
          case IDENTITY -> 20 * election;
        };
    return new Pace(
        tick,
        faults,
        (kind == Kind.SHORT_REIGNS ? 3 : 1) * election + random.nextLong(2 * election),
        12 * election + 6_000_000,
        changeEvery(kind, election, random),
        election / 2 + random.nextLong(election),
        50_000 + random.nextLong(2 * election));
  }

  private static long changeEvery(Kind kind, long election, RandomGenerator random) {
    return switch (kind) {
      case RECONFIGURATION -> election;
      case SHORT_REIGNS -> 5 * election + random.nextLong(20 * election);
      case IDENTITY -> 6 * election + random.nextLong(8 * election);
      case MIXED, SNAPSHOTS, BULK -> 2 * election + random.nextLong(5 * election);
    };
  }

  /** An election timeout, without what chance adds to it. */
  long electionMicros() {
    return options.timing().electionTicks() * pace.tickMicros();
  }
}
