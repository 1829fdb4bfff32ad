package io.conclave.raft;

import com.typesafe.config.Config;
import io.conclave.raft.core.RaftOptions;
import io.conclave.settings.InvalidSettings;
import io.conclave.settings.SettingsReader;
import java.time.Duration;

/**
 * Settings of the Raft subtree; each is explained at its key in {@code reference.conf}.
 *
 * @param core what the core itself goes by, in ticks
 * @param pending limits on what waits at this member
 * @param noteInterval between two notes of commit index and cluster time
 */
public record RaftSettings(
    Duration tick,
    RaftOptions core,
    MemberAccess.Limits pending,
    Restarts restarts,
    Duration noteInterval) {

  /** Name of the dispatcher that the Raft subtree runs on. */
  public static final String DISPATCHER = "conclave.raft.dispatcher";

  /** Name of the dispatcher for what waits for files: snapshots of peers, and their identities. */
  public static final String FILES_DISPATCHER = "conclave.raft.files-dispatcher";

  private static final String SECTION = "conclave.raft";
  private static final int ENTRIES_MAX = 1 << 20;
  private static final long BYTES_MAX = 1 << 30;

  /** One entry may be larger: the log is full with it, and empty once a snapshot is saved. */
  private static final long LOG_BYTES_MIN = 1 << 20;

  private static final Duration ELECTION_TIMEOUT_MAX = Duration.ofSeconds(50);
  private static final int HEARTBEATS_PER_ELECTION_MIN = 5;

  /**
   * How often a failed Raft subtree is started again.
   *
   * @param max in a row; one more failure ends the process
   * @param backoffMin before the first; doubles each time
   * @param resetAfter running so long without a failure forgives all before
   */
  public record Restarts(int max, Duration backoffMin, Duration backoffMax, Duration resetAfter) {

    /**
     * How long to wait.
     *
     * @param failures in a row so far, at least 1
     */
    Duration backoff(int failures) {
      Duration doubled = backoffMin.multipliedBy(1L << Math.min(failures - 1, 30));
      return doubled.compareTo(backoffMax) < 0 ? doubled : backoffMax;
    }
  }

  /**
   * @param root the whole configuration
   * @throws InvalidSettings naming every bad key
   */
  public static RaftSettings from(Config root) {
    SettingsReader reader = new SettingsReader(root, SECTION);
    Duration tick = reader.duration("tick", Duration.ofMillis(1), Duration.ofSeconds(1));
    RaftOptions.Timing timing = timing(reader, tick);
    RaftOptions.Batching batching = batching(reader);
    RaftOptions.Compaction compaction =
        new RaftOptions.Compaction(
            reader.integer("snapshot.count", 1, Integer.MAX_VALUE),
            reader.bytes("snapshot.growth-max", 0, 1L << 40),
            reader.integer("snapshot.catch-up-entries", 0, ENTRIES_MAX),
            reader.bytes("snapshot.catch-up-bytes-max", 0, BYTES_MAX),
            reader.bytesOrShare("log-bytes-max", LOG_BYTES_MIN, BYTES_MAX));
    boolean strict = reader.flag("strict-reconfig-check");
    MemberAccess.Limits pending =
        new MemberAccess.Limits(
            reader.integer("pending.proposals-max", 1, ENTRIES_MAX),
            reader.bytesOrShare("pending.proposal-bytes-max", 1, BYTES_MAX),
            reader.integer("pending.reads-max", 1, ENTRIES_MAX));
    Restarts restarts = restarts(reader);
    Duration noteInterval =
        reader.duration("note-interval", Duration.ofMillis(100), Duration.ofMinutes(1));
    reader.finish();
    return new RaftSettings(
        tick,
        new RaftOptions(timing, batching, compaction, strict),
        pending,
        restarts,
        noteInterval);
  }

  private static RaftOptions.Timing timing(SettingsReader reader, Duration tick) {
    Duration heartbeat = reader.duration("heartbeat-interval", tick, ELECTION_TIMEOUT_MAX);
    Duration election = reader.duration("election-timeout", tick, ELECTION_TIMEOUT_MAX);
    boolean longEnough =
        election.compareTo(heartbeat.multipliedBy(HEARTBEATS_PER_ELECTION_MIN)) >= 0;
    reader.check(longEnough, "election-timeout", "must be at least five times heartbeat-interval");
    int heartbeatTicks = Math.max(1, (int) heartbeat.dividedBy(tick));
    int electionTicks = (int) election.dividedBy(tick);
    return longEnough
        ? new RaftOptions.Timing(electionTicks, heartbeatTicks)
        : RaftOptions.Timing.DEFAULT;
  }

  private static RaftOptions.Batching batching(SettingsReader reader) {
    return new RaftOptions.Batching(
        reader.integer("batch.entries-max", 1, ENTRIES_MAX),
        (int) reader.bytes("batch.bytes-max", 1, BYTES_MAX),
        reader.integer("batch.inflight-appends", 1, 2),
        reader.integer("batch.message-entries-max", 1, ENTRIES_MAX),
        (int) reader.bytes("batch.message-bytes-max", 1, BYTES_MAX),
        reader.integer("batch.peer-entries-max", 1, ENTRIES_MAX),
        (int) reader.bytes("batch.peer-bytes-max", 1, BYTES_MAX),
        reader.integer("batch.uncommitted-entries-max", 1, ENTRIES_MAX),
        (int) reader.bytesOrShare("batch.uncommitted-bytes-max", 1, BYTES_MAX),
        reader.integer("batch.apply-entries-max", 1, ENTRIES_MAX),
        reader.integer("pending.reads-max", 1, ENTRIES_MAX));
  }

  private static Restarts restarts(SettingsReader reader) {
    Duration least = Duration.ofMillis(1);
    Duration most = Duration.ofHours(1);
    Duration min = reader.duration("restarts.backoff-min", least, most);
    Duration max = reader.duration("restarts.backoff-max", least, most);
    reader.check(
        max.compareTo(min) >= 0, "restarts.backoff-max", "must not be less than backoff-min");
    return new Restarts(
        reader.integer("restarts.max", 0, 1000),
        min,
        max,
        reader.duration("restarts.reset-after", least, most));
  }
}
