package io.conclave.raft;

import io.conclave.raft.codec.PeerMessageCodec;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.peer.PeerDirectory;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * The {@link LogReplicator}s of one term, one for each member in force but the leader itself, and
 * the statistics of what they do.
 */
final class Replicators {
  private final ActorContext<RaftMember.Command> context;
  private final long term;
  private final PeerDirectory directory;
  private final ActorRef<LogReplicator.Event> member;
  private final ReplicationStats stats;
  private final Map<MemberId, Follower> followers = new TreeMap<>();
  private long spawned;

  private record Follower(ActorRef<LogReplicator.Command> replicator, AppendTimer timer) {}

  /**
   * @param term makes the names of the actors unique, for those of an earlier term may still be
   *     stopping
   * @param member is told what the core has to know
   */
  Replicators(
      ActorContext<RaftMember.Command> context,
      long term,
      PeerDirectory directory,
      ReplicationStats stats,
      ActorRef<LogReplicator.Event> member) {
    this.context = context;
    this.term = term;
    this.directory = directory;
    this.stats = stats;
    this.member = member;
    stats.lead();
  }

  /** Another configuration is in force. */
  void follow(Membership membership) {
    followers
        .entrySet()
        .removeIf(
            follower -> {
              boolean gone = membership.member(follower.getKey()).isEmpty();
              if (gone) {
                context.stop(follower.getValue().replicator());
              }
              return gone;
            });
    for (MemberId id : membership.members().keySet()) {
      if (!id.equals(directory.self().member())) {
        followers.computeIfAbsent(id, this::spawn);
      }
    }
  }

  private Follower spawn(MemberId id) {
    var behavior = LogReplicator.create(id, directory, LogReplicator.Limits.DEFAULT, member);
    String name = "replicator-%s-%d-%d".formatted(id, term, spawned++);
    DispatcherSelector dispatcher = DispatcherSelector.fromConfig(RaftSettings.DISPATCHER);
    return new Follower(context.spawn(behavior, name, dispatcher), new AppendTimer());
  }

  /** False if the receiver is no member in force, so that somebody else has to send. */
  boolean send(MemberId to, RaftMessage message, long nowNanos) {
    Follower follower = followers.get(to);
    if (follower == null) {
      return false;
    }
    if (message instanceof RaftMessage.AppendEntries append && !append.entries().isEmpty()) {
      follower.timer().sent(append, nowNanos);
      stats.sent().count(PeerMessageCodec.encodedBytesMax(append), nowNanos);
    }
    follower.replicator().tell(new LogReplicator.Send(message));
    return true;
  }

  /** What a follower answered, before the core sees it. */
  void received(MemberId from, RaftMessage message, long nowNanos) {
    switch (message) {
      case RaftMessage.AppendEntriesResponse(long messageTerm, long matchIndex)
          when messageTerm == term ->
          of(from)
              .ifPresent(
                  follower -> {
                    follower
                        .timer()
                        .acknowledged(
                            matchIndex, nowNanos, millis -> stats.acknowledged(from, millis));
                    follower.replicator().tell(new LogReplicator.Acknowledged(matchIndex));
                  });
      case RaftMessage.AppendEntriesRejected rejected when rejected.term() == term -> failed(from);
      default -> {}
    }
  }

  /** Entries on their way to a follower are lost, or of no use. */
  void failed(MemberId to) {
    of(to)
        .ifPresent(
            follower -> {
              follower.timer().clear();
              stats.failed(to);
            });
  }

  /** False if {@code to} is no follower any more. */
  boolean offer(MemberId to, SnapshotOffer offer) {
    tell(to, new LogReplicator.Offer(offer.meta(), offer.sizeBytes(), offer.crc32c()));
    return followers.containsKey(to);
  }

  void fetched(MemberId by, LogPosition snapshot) {
    tell(by, new LogReplicator.Fetched(snapshot));
  }

  private void tell(MemberId to, LogReplicator.Command command) {
    of(to).ifPresent(follower -> follower.replicator().tell(command));
  }

  private Optional<Follower> of(MemberId id) {
    return Optional.ofNullable(followers.get(id));
  }

  void stop() {
    followers.values().forEach(follower -> context.stop(follower.replicator()));
    followers.clear();
  }
}
