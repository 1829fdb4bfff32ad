package io.conclave.testkit.sim;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Effect;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.ProposalTracker;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.ReadBarrier;
import io.conclave.raft.core.Role;
import io.conclave.raft.core.SnapshotMeta;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One member: the real core with its real pure companions, around them a shell that does with
 * virtual time what actors do with real time.
 */
final class SimMember {
  private static final long TICK_MICROS = 10_000;
  private static final int PENDING_MAX = 1000;

  /** A client's request that waits for its answer; a change of the configuration has no command. */
  record Request(Bytes command) {}

  /** A read and what it must see. */
  record Read(long horizon) {}

  final MemberId id;
  final SimDisk disk;
  private final SimCluster cluster;
  private final Map<MemberId, Long> boots = new HashMap<>();
  private final Map<MemberId, Set<Long>> seen = new HashMap<>();
  private final Deque<Long> tickets = new ArrayDeque<>();
  private RaftCore core;
  private ProposalTracker<Request> proposals;
  private ReadBarrier<Read> reads;
  private SimStore store;
  private long boot;
  private long nextNumber;
  private long lastTickMicros;
  private long pausedUntilMicros;
  private long reportedCommit;
  private LogPosition lastWritten = LogPosition.ORIGIN;
  private boolean flushQueued;
  private boolean removed;
  long diskDelayMicrosMax = 2000;
  double tickDrift = 1;

  SimMember(MemberId id, SimDisk disk, SimCluster cluster) {
    this.id = id;
    this.disk = disk;
    this.cluster = cluster;
    cluster.network.attach(id, this::arrive);
  }

  boolean isUp() {
    return core != null;
  }

  /** It applied its own removal; its process has ended for good. */
  boolean isRemoved() {
    return removed;
  }

  RaftCore core() {
    return core;
  }

  SimStore store() {
    return store;
  }

  void start(boolean newestSnapshotDamaged) {
    SimDisk.Recovered recovered = disk.recover(newestSnapshotDamaged);
    boot++;
    store = recovered.store();
    core =
        new RaftCore(
            id, cluster.options, recovered.state(), new SplittableRandom(cluster.nextSeed()));
    proposals = new ProposalTracker<>(id, cluster.nextSeed(), PENDING_MAX, 1 << 20);
    reads = new ReadBarrier<>(PENDING_MAX, store.applied());
    reportedCommit = 0;
    flushQueued = false;
    pausedUntilMicros = 0;
    seen.clear();
    tickets.clear();
    boots.clear();
    lastTickMicros = cluster.clock.nowMicros();
    cluster.trace(id, "starts with " + core.lastPosition() + " in term " + core.term());
    nextTick();
    greet();
    queueFlush();
  }

  void crash() {
    cluster.trace(id, "crashes");
    core = null;
    disk.crash(cluster.random);
  }

  void pause(long micros) {
    pausedUntilMicros = cluster.clock.nowMicros() + micros;
  }

  /** Runs {@code action} later, unless this life has ended by then; a pause delays it. */
  private void later(long micros, Runnable action) {
    long life = boot;
    cluster.clock.after(
        micros,
        () -> {
          if (core == null || boot != life) {
            return;
          }
          long pause = pausedUntilMicros - cluster.clock.nowMicros();
          if (pause > 0) {
            later(pause, action);
          } else {
            action.run();
          }
        });
  }

  private void nextTick() {
    later(
        (long) (TICK_MICROS * tickDrift),
        () -> {
          tick();
          housekeeping();
          nextTick();
        });
  }

  private void tick() {
    long now = cluster.clock.nowMicros();
    long elapsed = (now - lastTickMicros) / 1000;
    lastTickMicros += elapsed * 1000;
    core.step(new Input.Tick(elapsed, cluster.wallMillis(id)));
    queueFlush();
  }

  private void housekeeping() {
    long nowNanos = cluster.clock.nowMicros() * 1000;
    proposals.retry();
    for (ProposalTracker.Failed<Request> failed : proposals.expire(nowNanos)) {
      cluster.workload.failed(failed.reply().command(), failed.failure());
    }
    reads.expire(nowNanos);
    disk.note(core.hardState().commit(), core.confirmedClusterTime());
    attempt();
  }

  /** Steps the core; a late tick comes first, so that no entry gets an old stamp. */
  void step(Input input) {
    if (cluster.clock.nowMicros() - lastTickMicros > TICK_MICROS) {
      tick();
    }
    core.step(input);
    if (core.role() == Role.LEADER && core.lastPosition().term() == core.term()) {
      cluster.checker.appends(core.lastPosition(), cluster.clock.nowMillis());
    }
    queueFlush();
  }

  private void attempt() {
    proposals.attempts().forEach(this::step);
    reads.attempts().forEach(this::step);
  }

  boolean propose(Bytes command, long deadlineMicros) {
    boolean taken = proposals.propose(command, new Request(command), deadlineMicros * 1000);
    attempt();
    return taken;
  }

  void change(Change change, long deadlineMicros) {
    proposals.propose(change, new Request(Bytes.EMPTY), deadlineMicros * 1000);
    attempt();
  }

  void read(long deadlineMicros) {
    reads.register(new Read(cluster.checker.horizon()), deadlineMicros * 1000);
    attempt();
  }

  private void greet() {
    for (MemberId peer : cluster.ids()) {
      if (!peer.equals(id) && !boots.containsKey(peer)) {
        cluster.network.send(envelope(peer, null));
      }
    }
    later(100_000, this::greet);
  }

  private SimNetwork.Envelope envelope(MemberId to, RaftMessage message) {
    long receiverBoot = boots.getOrDefault(to, 0L);
    return new SimNetwork.Envelope(id, boot, to, receiverBoot, nextNumber++, message);
  }

  private void arrive(SimNetwork.Envelope envelope) {
    if (core != null) {
      later(0, () -> open(envelope));
    }
  }

  private void open(SimNetwork.Envelope envelope) {
    MemberId from = envelope.from();
    long known = boots.getOrDefault(from, 0L);
    if (envelope.boot() < known) {
      return;
    }
    if (envelope.boot() > known) {
      boots.put(from, envelope.boot());
      seen.remove(from);
    }
    if (envelope.receiverBoot() != boot) {
      cluster.network.send(envelope(from, null)); // it has to know which boot this is
      return;
    }
    boolean fresh = seen.computeIfAbsent(from, peer -> new HashSet<>()).add(envelope.number());
    if (fresh && envelope.message() != null) {
      step(new Input.PeerMessage(from, envelope.message()));
    }
  }

  private void queueFlush() {
    if (!flushQueued) {
      flushQueued = true;
      long life = boot;
      later(
          cluster.random.nextInt(300),
          () -> {
            if (boot == life) {
              flushQueued = false;
              flush();
            }
          });
    }
  }

  private void flush() {
    for (Effect effect : core.drain()) {
      carryOut(effect);
      if (core == null) {
        return;
      }
    }
    SafetyChecker.check(core.commitIndex() >= reportedCommit, "%s: commit goes back", id);
    reportedCommit = core.commitIndex();
    attempt();
  }

  private void carryOut(Effect effect) {
    cluster.trace(id, effect);
    switch (effect) {
      case Effect.Persist persist -> persist(persist);
      case Effect.Send(MemberId to, RaftMessage message) -> {
        if (boots.containsKey(to)) {
          cluster.network.send(envelope(to, message));
        }
      }
      case Effect.Apply apply -> apply(apply);
      case Effect.RoleChanged role -> onRole(role);
      case Effect.MembershipChanged ignored -> cluster.count("configuration in force");
      case Effect.ReadConfirmed confirmed -> {
        reads.confirmed(confirmed);
        serveReads();
      }
      case Effect.ReadRefused refused -> reads.refused(refused);
      case Effect.ProposalRefused refused -> {
        cluster.count("refused " + refused.why());
        proposals.refused(refused);
      }
      case Effect.TakeSnapshot() -> takeSnapshot();
      case Effect.InstallSnapshot(SnapshotMeta meta, HardState hardState) ->
          install(meta, hardState);
      case Effect.DropSnapshot ignored -> cluster.count("stale snapshot dropped");
      case Effect.StreamSnapshot(MemberId peer, SnapshotMeta meta) -> stream(peer, meta);
    }
  }

  private void onRole(Effect.RoleChanged change) {
    if (change.role() == Role.LEADER) {
      cluster.count("leader elected");
      cluster.checker.leads(id, change.term());
    }
    proposals.roleChanged(change);
    reads.roleChanged(change);
  }

  private void persist(Effect.Persist persist) {
    disk.write(persist.event());
    if (persist.event() instanceof JournalEvent.Appended appended) {
      cluster.checker.writes(id, appended);
      if (appended.before().index() < lastWritten.index()) {
        cluster.count("tail overwritten");
      }
      lastWritten = appended.entries().getLast().position();
    }
    tickets.add(persist.ticket());
    later(
        cluster.random.nextLong(diskDelayMicrosMax),
        () -> {
          disk.sync();
          step(new Input.Persisted(tickets.remove())); // the disk keeps the order
        });
  }

  private void apply(Effect.Apply apply) {
    for (ProposalTracker.Attached<Request> attached : proposals.attachReplies(apply.entries())) {
      LogEntry entry = attached.entry();
      store = store.after(entry);
      cluster.checker.applies(id, entry, store);
      attached.reply().ifPresent(request -> answered(request, entry));
      follow(entry);
    }
    reads.applied(store.applied());
    serveReads();
    long index = store.applied();
    later(cluster.random.nextInt(500), () -> step(new Input.Applied(index)));
  }

  private void answered(Request request, LogEntry entry) {
    if (!request.command().isEmpty()) {
      cluster.checker.acknowledges(request.command(), entry);
      cluster.workload.acknowledged(request.command());
    }
  }

  private void follow(LogEntry entry) {
    switch (entry.payload()) {
      case Payload.Reconfigure reconfigure -> {
        cluster.membershipApplied(entry.index(), reconfigure);
        if (reconfigure.change() instanceof Change.Remove(MemberId gone) && gone.equals(id)) {
          removed = true;
          later(cluster.random.nextInt(2000), this::stop);
        }
      }
      case Payload.Command(Bytes command) ->
          Workload.published(command)
              .ifPresent(member -> later(0, () -> step(new Input.MemberPublished(member))));
      case Payload.Bootstrap ignored -> {}
      case Payload.Empty ignored -> {}
    }
  }

  private void stop() {
    cluster.trace(id, "stops, it is removed");
    cluster.count("removed member stopped");
    core = null;
  }

  private void serveReads() {
    for (Read read : reads.ready()) {
      cluster.count("read served");
      cluster.checker.reads(id, read.horizon(), store.applied());
    }
  }

  private void takeSnapshot() {
    SimStore taken = store;
    Optional<SnapshotMeta> described = core.describeSnapshot(taken.applied());
    if (described.isEmpty()) {
      step(new Input.SnapshotFailed());
      return;
    }
    SnapshotMeta meta = described.get();
    HardState owned = core.hardState();
    long firstKept = core.firstKept(taken.applied());
    later(
        cluster.random.nextLong(20_000),
        () -> {
          boolean overtaken =
              disk.newest().stream()
                  .anyMatch(newer -> newer.meta().position().index() >= taken.applied());
          if (overtaken || cluster.random.nextInt(10) == 0) {
            cluster.count("snapshot failed");
            step(new Input.SnapshotFailed());
            return;
          }
          cluster.count("snapshot saved");
          disk.save(meta, taken, owned, firstKept);
          step(new Input.SnapshotSaved(meta, 100));
        });
  }

  private void install(SnapshotMeta meta, HardState owned) {
    SimStore received = cluster.transferred(meta);
    later(
        cluster.random.nextLong(20_000),
        () -> {
          cluster.count("snapshot installed");
          disk.install(meta, received, owned);
          store = received;
          cluster.checker.checkDigest(id, store);
          proposals.snapshotInstalled();
          reads.applied(store.applied());
          serveReads();
          step(new Input.SnapshotInstalled(meta, 100));
        });
  }

  private void stream(MemberId peer, SnapshotMeta meta) {
    cluster.offer(disk.newest().orElseThrow());
    later(
        20_000 + cluster.random.nextLong(200_000),
        () -> {
          boolean arrived =
              !cluster.network.isCut(id, peer)
                  && !cluster.network.isCut(peer, id)
                  && cluster.random.nextInt(5) > 0;
          if (arrived) {
            cluster.get(peer).receive(meta);
          }
          step(new Input.SnapshotTransferEnded(peer));
        });
  }

  private void receive(SnapshotMeta meta) {
    if (core != null) {
      later(cluster.random.nextLong(100_000), () -> step(new Input.SnapshotReceived(meta)));
    }
  }
}
