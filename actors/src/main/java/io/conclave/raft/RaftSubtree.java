package io.conclave.raft;

import io.conclave.keyspace.KeySpaceActor;
import io.conclave.raft.core.FirstEntry;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.RecoveredState;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.core.SnapshotTransferState;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.BulkAssembler;
import io.conclave.raft.peer.BulkIntake;
import io.conclave.raft.peer.Introduction;
import io.conclave.raft.peer.PeerDirectory;
import io.conclave.raft.peer.PeerIdentity;
import io.conclave.raft.peer.PeerLane;
import io.conclave.raft.peer.PeerRegistry;
import io.conclave.raft.peer.SnapshotReceiver;
import io.conclave.raft.peer.SnapshotSender;
import io.conclave.watch.WatchFeed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The actors that one start of the Raft subtree consists of beside its journal, at the paths by
 * which other members know them ({@link io.conclave.raft.peer.PeerLane}).
 */
final class RaftSubtree {
  private static final Duration GREETING_INTERVAL = Duration.ofSeconds(1);
  private static final Duration TRANSFER_TICK = Duration.ofMillis(100);

  /** Ask again after 0.5 to 4 s, give up after 20 s; the sender gives up after 10 s already. */
  private static final SnapshotTransferState.Timing TRANSFER =
      new SnapshotTransferState.Timing(5, 40, 200);

  private final ActorRef<KeySpaceActor.Command> keySpace;
  private final ActorRef<Object> member;
  private final ActorRef<PeerRegistry.Command> registry;
  private final ActorRef<Void> bulk;
  private final ActorRef<Void> snapshots;

  /**
   * Where things come from and go to that live longer than a start.
   *
   * @param removed called once the member has applied its own removal
   */
  record Frame(
      MemberSetup setup,
      WatchFeed feed,
      JournalFactory journals,
      ActorRef<Journal.Command> journal,
      RememberedPins pins,
      ActorRef<PeerRegistry.News> news,
      Runnable removed) {}

  RaftSubtree(ActorContext<?> context, Frame frame, Boot boot, FirstStep.Run start) {
    MemberSetup setup = frame.setup();
    Executor files =
        context
            .getSystem()
            .dispatchers()
            .lookup(DispatcherSelector.fromConfig(RaftSettings.FILES_DISPATCHER));
    DispatcherSelector dispatcher = DispatcherSelector.fromConfig(RaftSettings.DISPATCHER);
    LogPosition applied =
        start.recovered().snapshot().map(SnapshotMeta::position).orElse(LogPosition.ORIGIN);
    AtomicLong durableSeq = new AtomicLong(start.durableSeq());
    PeerDirectory directory =
        new PeerDirectory(
            new PeerIdentity.Self(
                setup.identity().clusterId(),
                setup.identity().self(),
                setup.peers().incarnation(),
                boot),
            durableSeq::get);
    registry = context.spawn(registry(frame, start, directory, files), "peers", dispatcher);
    // Key space and bulk stay on the default dispatcher: what takes long must not hold up the
    // member.
    keySpace =
        context.spawn(
            KeySpaceActor.create(start.tree(), applied, setup.published().tree(), frame.feed()),
            "keyspace");
    Surroundings around =
        new Surroundings(
            frame.journal(),
            frame.journals()::hasSpace,
            durableSeq,
            keySpace,
            frame.journals().snapshots(),
            files,
            directory,
            registry,
            bootstrapHash(start.recovered()),
            frame.removed());
    member =
        context.spawn(
            RaftMember.create(setup, start.recovered(), around),
            PeerLane.MEMBER.name(boot),
            dispatcher);
    bulk = context.spawn(bulk(directory, member), "bulk");
    snapshots =
        context.spawn(
            snapshots(directory, frame.journals().snapshots(), member), "snapshots", dispatcher);
  }

  private static Behavior<PeerRegistry.Command> registry(
      Frame frame, FirstStep.Run start, PeerDirectory directory, Executor files) {
    RecoveredState recovered = start.recovered();
    Introduction introduction =
        new Introduction(
            start.durableSeq(),
            recovered.before().index() + recovered.entries().size(),
            bootstrapHash(start.recovered()),
            frame.setup().peers().address());
    return PeerRegistry.create(
        new PeerRegistry.Setup(
            directory,
            frame.pins().saved(),
            introduction,
            frame.pins(),
            files,
            GREETING_INTERVAL,
            frame.news()));
  }

  private static Behavior<Void> bulk(PeerDirectory directory, ActorRef<Object> member) {
    return Behaviors.setup(
        context -> {
          context.spawn(
              restarting(
                  BulkAssembler.create(directory, BulkIntake.Limits.DEFAULT, member.narrow())),
              PeerLane.BULK.name(directory.self().boot()));
          return Behaviors.empty();
        });
  }

  /** Both block, and lose nothing when they fail: a transfer goes on where its file ends. */
  private static Behavior<Void> snapshots(
      PeerDirectory directory, SnapshotFiles files, ActorRef<Object> member) {
    return Behaviors.setup(
        context -> {
          DispatcherSelector blocking =
              DispatcherSelector.fromConfig(RaftSettings.FILES_DISPATCHER);
          context.spawn(
              restarting(
                  SnapshotReceiver.create(
                      directory, files, TRANSFER_TICK, TRANSFER, member.narrow())),
              PeerLane.SNAPSHOT_RECEIVER.name(directory.self().boot()),
              blocking);
          context.spawn(
              restarting(SnapshotSender.create(directory, files, member.narrow())),
              PeerLane.SNAPSHOT_SENDER.name(directory.self().boot()),
              blocking);
          return Behaviors.empty();
        });
  }

  private static <T> Behavior<T> restarting(Behavior<T> behavior) {
    return Behaviors.supervise(behavior).onFailure(SupervisorStrategy.restart());
  }

  /** 0 for a joiner that has no log yet. */
  private static long bootstrapHash(RecoveredState recovered) {
    return recovered
        .snapshot()
        .map(SnapshotMeta::bootstrapHash)
        .or(() -> recovered.entries().stream().findFirst().flatMap(RaftSubtree::hashOf))
        .orElse(0L);
  }

  private static Optional<Long> hashOf(LogEntry first) {
    return first.payload() instanceof LogEntry.Payload.Bootstrap(var membership)
        ? Optional.of(FirstEntry.hash(membership))
        : Optional.empty();
  }

  /** Accepts what {@link RaftMember#create} says. */
  ActorRef<Object> member() {
    return member;
  }

  List<ActorRef<?>> actors() {
    return List.of(member, keySpace, registry, bulk, snapshots);
  }

  /** The member answers whoever waits and lets its entries be applied; the others just end. */
  void stop(ActorRef<?> actor, ActorContext<?> context) {
    if (actor.equals(member)) {
      member.tell(RaftMember.Stop.NOW);
    } else if (actor.equals(keySpace)) {
      keySpace.tell(KeySpaceActor.Stop.NOW);
    } else {
      context.stop(actor);
    }
  }
}
