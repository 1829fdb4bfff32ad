package io.conclave.raft;

import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.codec.PeerMessageCodec;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.PeerProgress;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.FromPeer;
import io.conclave.raft.peer.PeerDirectory;
import io.conclave.raft.peer.PeerEnvelope;
import io.conclave.raft.peer.PeerInbox;
import io.conclave.raft.peer.PeerMessage;
import io.conclave.raft.peer.PeerRegistry;
import io.conclave.raft.peer.SnapshotReceiver;
import io.conclave.raft.peer.SnapshotSender;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The member's side of what members tell each other: checks what comes and steps the core with it,
 * knows the way out, and tells the registry what it has to know of the cluster.
 */
final class PeerTraffic {
  private final DrivenCore core;
  private final PeerDirectory directory;
  private final ActorRef<PeerRegistry.Command> registry;
  private final SnapshotExchange snapshots;
  private final ReplicationStats stats;
  private final PeerInbox inbox;

  /** Present while this member leads. */
  private Optional<Replicators> replicators = Optional.empty();

  private Membership inForce = Membership.EMPTY;
  private Set<MemberId> removed = Set.of();
  private long bootstrapHash;

  /**
   * @param bootstrapHash as the registry was started with
   */
  PeerTraffic(
      DrivenCore core,
      PeerDirectory directory,
      ActorRef<PeerRegistry.Command> registry,
      long bootstrapHash,
      SnapshotExchange snapshots,
      ReplicationStats stats) {
    this.core = core;
    this.directory = directory;
    this.registry = registry;
    this.snapshots = snapshots;
    this.stats = stats;
    this.inbox = new PeerInbox(directory);
    this.bootstrapHash = bootstrapHash;
  }

  /** The member is in another role now. */
  void enter(RoleScope scope) {
    replicators = scope.replicators();
    replicators.ifPresent(to -> to.follow(core.state().membership()));
  }

  void handle(PeerInput input) {
    switch (input) {
      case PeerInput.Outside(PeerEnvelope envelope) -> received(envelope);
      case PeerInput.Whole(FromPeer message) -> received(message);
      case PeerInput.Met(PeerRegistry.Met peer) -> met(peer);
      case PeerInput.Received(SnapshotReceiver.Received snapshot) ->
          core.step(new Input.SnapshotReceived(snapshot.meta()));
      case PeerInput.Fetched(SnapshotSender.Fetched chunk) ->
          replicators.ifPresent(to -> to.fetched(chunk.peer(), chunk.snapshot()));
      case PeerInput.Replicated(LogReplicator.Event event) -> happened(event);
    }
  }

  /** What is not to be believed, or not for the core, is dropped. */
  private void received(PeerEnvelope envelope) {
    if (envelope.message() instanceof PeerMessage.Raft raft && inbox.accept(envelope)) {
      if (!raft.witnesses().isEmpty()) {
        registry.tell(new PeerRegistry.Heard(raft.witnesses()));
      }
      received(new FromPeer(envelope.origin().member(), raft.message()));
    }
  }

  private void received(FromPeer message) {
    if (message.message() instanceof RaftMessage.AppendEntries append
        && !append.entries().isEmpty()) {
      stats.received().count(PeerMessageCodec.encodedBytesMax(append), core.nanos());
    }
    replicators.ifPresent(to -> to.received(message.from(), message.message(), core.nanos()));
    core.step(new Input.PeerMessage(message.from(), message.message()));
  }

  /** Lost if the peer's present boot is not known. */
  void send(MemberId to, RaftMessage message) {
    boolean taken = replicators.filter(by -> by.send(to, message, core.nanos())).isPresent();
    if (!taken) {
      directory.peer(to).ifPresent(peer -> peer.link().send(message));
    }
  }

  /** Whatever was on its way to an earlier boot of this peer is lost. */
  private void met(PeerRegistry.Met peer) {
    core.step(new Input.PeerUnreachable(peer.link().member()));
  }

  /** Some connection broke: is the leader still there? */
  void connectionLost() {
    MemberId leader = core.state().leader();
    if (!leader.isNone() && !core.leads()) {
      registry.tell(new PeerRegistry.Greet(leader));
      core.step(new Input.LeaderSuspected());
    }
  }

  private void happened(LogReplicator.Event event) {
    switch (event) {
      case LogReplicator.Event.TransferEnded(MemberId follower) ->
          core.step(new Input.SnapshotTransferEnded(follower));
      case LogReplicator.Event.Dropped(MemberId follower) -> {
        replicators.ifPresent(to -> to.failed(follower));
        core.step(new Input.PeerUnreachable(follower));
      }
    }
  }

  /** The core wants this snapshot streamed; {@link #found} follows. */
  void stream(MemberId peer, SnapshotMeta meta) {
    snapshots.offer(peer, meta);
  }

  void found(SnapshotExchange.Offered file) {
    boolean offered =
        file.offer()
            .flatMap(offer -> replicators.filter(to -> to.offer(file.peer(), offer)))
            .isPresent();
    if (!offered) {
      core.step(new Input.SnapshotTransferEnded(file.peer()));
    }
  }

  /** Another configuration is in force. */
  void membershipChanged(KeySpace applied) {
    replicators.ifPresent(to -> to.follow(core.state().membership()));
    configured(applied);
  }

  /**
   * Tells the registry whom to greet and whom to send away.
   *
   * @param applied only removals that it shows are committed
   */
  void configured(KeySpace applied) {
    Membership membership = core.state().membership();
    Set<MemberId> gone = applied.membership().removed();
    if (membership != inForce || !gone.equals(removed)) {
      inForce = membership;
      removed = gone;
      registry.tell(new PeerRegistry.Configured(membership, gone));
    }
    if (bootstrapHash == 0 && core.state().bootstrapHash() != 0) {
      bootstrapHash = core.state().bootstrapHash();
      registry.tell(new PeerRegistry.Joined(bootstrapHash));
    }
  }

  /** Once in a heartbeat interval. */
  void heartbeat(KeySpace applied) {
    configured(applied);
    if (core.leads()) {
      core.state().peers().forEach(this::witness);
      applied.members().stream().filter(this::isPublishedLearner).forEach(this::published);
    }
  }

  /** What a peer is known to have on disk can be held against its data dir. */
  private void witness(PeerProgress progress) {
    long known = Math.min(progress.matchIndex(), core.state().commitIndex());
    directory
        .peer(progress.peer())
        .filter(_ -> known > 0)
        .map(peer -> new PeerRegistry.Committed(progress.peer(), peer.boot(), known))
        .ifPresent(registry::tell);
  }

  private boolean isPublishedLearner(ClusterMember member) {
    return core.state().membership().isLearner(member.id()) && !member.clientUrls().isEmpty();
  }

  private void published(ClusterMember learner) {
    core.step(new Input.MemberPublished(learner.id()));
  }
}
