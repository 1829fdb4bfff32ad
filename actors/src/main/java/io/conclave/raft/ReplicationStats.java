package io.conclave.raft;

import io.conclave.raft.core.MemberId;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What goes to and fro between this member and the others for the log, and who led, for people to
 * look at; nothing rests on it. Safe for any thread.
 */
public final class ReplicationStats {
  private final AppendRate sent = new AppendRate();
  private final AppendRate received = new AppendRate();
  private final ConcurrentSkipListMap<MemberId, FollowerStats> followers =
      new ConcurrentSkipListMap<>();
  private final LongAdder leadersSeen = new LongAdder();

  /** AppendEntries to all followers together. */
  public AppendRate sent() {
    return sent;
  }

  /** AppendEntries from leaders. */
  public AppendRate received() {
    return received;
  }

  /** Of a leader: its followers since it leads, also those that were removed meanwhile. */
  public NavigableMap<MemberId, FollowerStats> followers() {
    return Collections.unmodifiableNavigableMap(followers);
  }

  /** How often a leader became known, this member included; the first counts too. */
  public long leadersSeen() {
    return leadersSeen.sum();
  }

  void leaderSeen() {
    leadersSeen.increment();
  }

  /** This member leads from now on. */
  void lead() {
    followers.clear();
  }

  /**
   * @param millis from sending to acknowledgement
   */
  void acknowledged(MemberId follower, double millis) {
    followers.merge(
        follower, FollowerStats.NONE.succeeded(millis), (old, first) -> old.succeeded(millis));
  }

  /** A message for this follower could not be sent. */
  void failed(MemberId follower) {
    followers.merge(follower, FollowerStats.NONE.failed(), (old, first) -> old.failed());
  }
}
