package io.conclave.testkit.sim;

import io.conclave.raft.FollowerFeed;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.PeerDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a leader has on its way to each follower; exists only while it leads. */
final class SimFeeds {
  private static final int TRANSFER_TICKS = 10;

  private final PeerDirectory directory;
  private final long windowBytesMax;
  private final Map<MemberId, FollowerFeed> feeds = new TreeMap<>();

  SimFeeds(PeerDirectory directory, long windowBytesMax) {
    this.directory = directory;
    this.windowBytesMax = windowBytesMax;
  }

  private FollowerFeed of(MemberId follower) {
    return feeds.computeIfAbsent(
        follower, id -> new FollowerFeed(id, directory, windowBytesMax, TRANSFER_TICKS));
  }

  /** False if these are entries that were not sent, because too many are on their way. */
  boolean send(MemberId to, RaftMessage message) {
    return of(to).send(message);
  }

  void acknowledged(MemberId from, long matchIndex) {
    of(from).acknowledged(matchIndex);
  }

  void offer(MemberId to, SnapshotMeta meta, long sizeBytes, int crc32c) {
    of(to).offer(meta, sizeBytes, crc32c);
  }

  void fetched(MemberId by, LogPosition snapshot) {
    of(by).fetched(snapshot);
  }

  /** The followers whose transfer is over. */
  List<MemberId> tick() {
    List<MemberId> over = new ArrayList<>();
    feeds.forEach(
        (follower, feed) -> {
          if (feed.tick()) {
            over.add(follower);
          }
        });
    return over;
  }

  /** The term is over. */
  void clear() {
    feeds.clear();
  }
}
