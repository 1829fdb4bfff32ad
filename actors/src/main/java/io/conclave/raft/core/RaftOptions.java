package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

/** All limits and intervals of the core. Every queue inside it is bounded by one of them. */
public record RaftOptions(
    Timing timing, Batching batching, Compaction compaction, boolean strictReconfiguration) {

  /** A tick of 10 ms, etcd's intervals. */
  public static final RaftOptions DEFAULT =
      new RaftOptions(Timing.DEFAULT, Batching.DEFAULT, Compaction.DEFAULT, true);

  /**
   * Intervals, in ticks.
   *
   * @param electionTicks a follower that hears no leader for this long, and up to twice as long by
   *     chance, asks for votes
   * @param heartbeatTicks between two heartbeats of an idle leader
   */
  public record Timing(int electionTicks, int heartbeatTicks) {
    public static final Timing DEFAULT = new Timing(100, 10);

    public Timing {
      require(heartbeatTicks >= 1, "heartbeat every %d ticks", heartbeatTicks);
      require(
          electionTicks > heartbeatTicks,
          "election after %d ticks, heartbeat every %d",
          electionTicks,
          heartbeatTicks);
    }
  }

  /**
   * Sizes of batches and windows. A byte limit never blocks a single entry that is larger.
   *
   * @param persistEntriesMax entries of one journal event
   * @param persistBytesMax payload bytes of one journal event
   * @param inflightAppends journal events handed out and not yet confirmed
   * @param messageEntriesMax entries of one AppendEntries
   * @param messageBytesMax payload bytes of one AppendEntries
   * @param peerEntriesMax entries sent to one peer and not acknowledged
   * @param peerBytesMax payload bytes sent to one peer and not acknowledged
   * @param uncommittedEntriesMax entries that a leader holds before it refuses proposals
   * @param uncommittedBytesMax the same in payload bytes
   * @param applyEntriesMax entries handed out to be applied and not yet applied
   * @param readsMax reads waiting for a round
   */
  public record Batching(
      int persistEntriesMax,
      int persistBytesMax,
      int inflightAppends,
      int messageEntriesMax,
      int messageBytesMax,
      int peerEntriesMax,
      int peerBytesMax,
      int uncommittedEntriesMax,
      int uncommittedBytesMax,
      int applyEntriesMax,
      int readsMax) {
    public static final Batching DEFAULT =
        new Batching(
            4096, 4 << 20, 1, 1024, 128 << 10, 16384, 2 << 20, 65536, 64 << 20, 4096, 65536);

    public Batching {
      require(persistEntriesMax >= 1 && persistBytesMax >= 1, "empty journal events");
      require(
          inflightAppends == 1 || inflightAppends == 2, "%d appends in flight", inflightAppends);
      require(messageEntriesMax >= 1 && messageBytesMax >= 1, "empty messages");
      require(peerEntriesMax >= 1 && peerBytesMax >= 1, "nothing may be sent to a peer");
      require(uncommittedEntriesMax >= 1 && uncommittedBytesMax >= 1, "nothing may be proposed");
      require(applyEntriesMax >= 1 && readsMax >= 1, "nothing may be applied or read");
    }
  }

  /**
   * When to save a snapshot and what stays in memory behind it.
   *
   * @param snapshotEntries applied entries between two snapshots
   * @param snapshotBytesMax the log must also have grown by the last snapshot's size, or by this
   *     much if that is less
   * @param catchUpEntries entries in front of a snapshot that stay in the log for slow followers
   * @param catchUpBytesMax bytes of heap that stay so at most, and never more than a quarter of the
   *     log
   * @param logBytesMax bytes of heap that the log may take; a snapshot is due at half of it
   */
  public record Compaction(
      int snapshotEntries,
      long snapshotBytesMax,
      int catchUpEntries,
      long catchUpBytesMax,
      long logBytesMax) {
    public static final Compaction DEFAULT =
        new Compaction(10_000, 64L << 20, 5000, 16L << 20, 96L << 20);

    /** With the default for the log. */
    public Compaction(
        int snapshotEntries, long snapshotBytesMax, int catchUpEntries, long catchUpBytesMax) {
      this(
          snapshotEntries,
          snapshotBytesMax,
          catchUpEntries,
          catchUpBytesMax,
          DEFAULT.logBytesMax());
    }

    public Compaction {
      require(logBytesMax >= 1, "no room for the log");
      require(snapshotEntries >= 1 && snapshotBytesMax >= 0, "no room for snapshots");
      require(catchUpEntries >= 0 && catchUpBytesMax >= 0, "negative catch-up");
    }
  }
}
