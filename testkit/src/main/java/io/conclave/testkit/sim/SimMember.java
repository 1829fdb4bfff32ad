package io.conclave.testkit.sim;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Effect;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.ProposalTracker.Attached;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.Role;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.PeerDirectory;
import io.conclave.raft.peer.PeerIdentity;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One life of a member: the real core and its real companions, and around them what the member
 * actor does, in virtual time. It drains effects a little after the input that made them, so that
 * several inputs share a flush.
 */
final class SimMember implements SimJournal.Writer {
  /** How often transfers of snapshots are looked after. */
  private static final long TRANSFER_MICROS = 100_000;

  private final SimHost host;
  private final SimCluster cluster;
  private final Life life;
  private final SimJournal journal;
  private final RaftCore core;
  private final SimKeySpace keySpace;
  private final SimRequests requests;
  private final PeerDirectory directory;
  private final SimRegistry registry;
  private final SimPeers peers;
  private final SimFeeds feeds;
  private final SimSnapshots snapshots;
  private final OwnProposals own;
  private final long tickMicros;

  /** Handed to the key space and not applied yet. */
  private final Deque<List<Attached<Request>>> applying = new ArrayDeque<>();

  private LogPosition lastWritten = LogPosition.ORIGIN;
  private long lastTickMicros;
  private long ticks;
  private long reportedCommit;
  private boolean flushQueued;

  /**
   * Starts a process on the host's disk.
   *
   * @throws io.conclave.raft.core.JournalDamage if the disk does not hold what it should
   */
  SimMember(SimHost host, SimCluster cluster, Life life) {
    this.host = host;
    this.cluster = cluster;
    this.life = life;
    SplittableRandom random = cluster.random;
    this.journal = new SimJournal(host.disk(), host.quality, life, random, cluster.tally);
    Recovery recovery = Recovery.of(journal, cluster.emptyTree(), cluster.tally);
    Boot boot = new Boot(host.disk().begin(), random.nextLong());
    this.core =
        new RaftCore(
            host.id,
            cluster.plan.options(),
            recovery.state(),
            new SplittableRandom(random.nextLong()));
    this.keySpace = new SimKeySpace(cluster.clock, life, random, host.applying, recovery.tree());
    this.requests =
        new SimRequests(host.id, boot.nonce(), keySpace.position().index(), cluster.tally);
    this.own = new OwnProposals(host.id, requests);
    this.directory =
        new PeerDirectory(
            new PeerIdentity.Self(SimCluster.ID, host.id, host.disk().incarnation, boot),
            journal::durableSeq);
    this.registry =
        new SimRegistry(host, life, directory, recovery.introduction(host.address()), this::met);
    this.peers = new SimPeers(host, this, directory, registry);
    this.feeds = new SimFeeds(directory, cluster.plan.windowBytesMax());
    this.snapshots =
        new SimSnapshots(
            host, cluster.checker, core, journal, keySpace, feeds, this::step, this::installed);
    this.tickMicros = cluster.plan.pace().tickMicros();
    this.lastTickMicros = cluster.clock.nowMicros();
  }

  /** Lets time run for it. */
  void begin() {
    host.trace("starts with " + core.lastPosition() + " in term " + core.term());
    cluster.checker.restored(host.id, keySpace.position(), keySpace.tree());
    if (host.isSound()) {
      cluster.promises.recovered(host.id, core.term(), core.lastPosition());
    }
    followTree();
    every((long) (tickMicros * host.tickDrift), this::onTick);
    every(cluster.plan.pace().greetingMicros(), registry::greet);
    every(TRANSFER_MICROS, this::lookAfterTransfers);
    every(cluster.plan.pace().noteMicros(), this::note);
    flushSoon();
  }

  private void every(long micros, Runnable action) {
    life.after(
        micros,
        () -> {
          action.run();
          every(micros, action);
        });
  }

  RaftCore core() {
    return core;
  }

  SimKeySpace keySpace() {
    return keySpace;
  }

  SimRequests requests() {
    return requests;
  }

  PeerDirectory directory() {
    return directory;
  }

  /** A request was put in. */
  void attempt() {
    requests.attempt(this::step);
  }

  private void onTick() {
    tick();
    step(new Input.DiskSpace(host.diskHasSpace()));
    if (!host.diskHasSpace()) {
      requests.lackSpace(core.lastPosition().index());
    }
    if (++ticks % cluster.plan.options().timing().heartbeatTicks() == 0) {
      onHeartbeatInterval();
    }
    requests.expire(cluster.clock.nowMicros());
    own.tick(keySpace.tree(), core, cluster.clock.nowMicros());
    attempt();
  }

  private void onHeartbeatInterval() {
    requests.retry();
    followTree();
    if (core.role() == Role.LEADER) {
      registry.witness(core);
      keySpace.tree().members().stream()
          .filter(each -> core.membership().isLearner(each.id()) && !each.clientUrls().isEmpty())
          .forEach(each -> step(new Input.MemberPublished(each.id())));
    }
  }

  private void followTree() {
    registry.follow(core, keySpace.tree());
  }

  private void tick() {
    long elapsed = (cluster.clock.nowMicros() - lastTickMicros) / 1000;
    lastTickMicros += elapsed * 1000;
    core.step(new Input.Tick(elapsed, host.wallMillis()));
    flushSoon();
  }

  private void note() {
    long commit = core.hardState().commit();
    boolean timed = keySpace.tree().nextExpiry().isPresent();
    journal.note(commit, timed ? core.confirmedClusterTime() : host.disk().note().clusterTime());
  }

  private void lookAfterTransfers() {
    peers.fetchAgain();
    for (MemberId follower : feeds.tick()) {
      cluster.tally.count(Happening.TRANSFER_GIVEN_UP);
      step(new Input.SnapshotTransferEnded(follower));
    }
  }

  /** Steps the core; a late tick comes first, so that no entry gets an old stamp. */
  void step(Input input) {
    if (cluster.clock.nowMicros() - lastTickMicros > tickMicros) {
      tick();
    }
    core.step(input);
    if (core.role() == Role.LEADER && core.lastPosition().term() == core.term()) {
      cluster.checker.appends(core.lastPosition(), cluster.clock.nowMillis());
    }
    flushSoon();
  }

  /** Something came from the network. */
  void arrived(SimNetwork.Channel channel, Bytes envelope) {
    peers.arrived(channel, envelope);
  }

  /** A message of a peer, checked and whole. */
  void receive(MemberId from, RaftMessage message) {
    cluster.promises.accepted(from, host.id, message);
    if (message instanceof RaftMessage.AppendEntriesResponse response
        && core.role() == Role.LEADER) {
      feeds.acknowledged(from, response.matchIndex());
    }
    step(new Input.PeerMessage(from, message));
  }

  void fetched(MemberId by, LogPosition snapshot) {
    feeds.fetched(by, snapshot);
  }

  /** Whatever was on its way to an earlier boot of this peer is lost. */
  void met(MemberId peer) {
    step(new Input.PeerUnreachable(peer));
  }

  void snapshotReceived(SnapshotMeta meta) {
    step(new Input.SnapshotReceived(meta));
  }

  private void flushSoon() {
    if (!flushQueued) {
      flushQueued = true;
      life.after(cluster.random.nextInt(500), this::flush);
    }
  }

  private void flush() {
    flushQueued = false;
    attempt();
    for (Effect effect : core.drain()) {
      carryOut(effect);
      cluster.ambush.witnessed(host, effect);
      if (life.isOver()) {
        return;
      }
    }
    SafetyChecker.check(core.commitIndex() >= reportedCommit, "%s: commit goes back", host.id);
    reportedCommit = core.commitIndex();
    requests.serve(keySpace);
  }

  private void carryOut(Effect effect) {
    host.trace(effect);
    switch (effect) {
      case Effect.Persist persist -> persist(persist);
      case Effect.Send(MemberId to, RaftMessage message) -> send(to, message);
      case Effect.Apply apply -> apply(apply);
      case Effect.RoleChanged change -> onRoleChanged(change);
      case Effect.MembershipChanged ignored -> followTree();
      case Effect.ReadConfirmed confirmed -> requests.confirmed(confirmed);
      case Effect.ReadRefused refused -> requests.refused(refused);
      case Effect.ProposalRefused refused -> requests.refused(refused);
      case Effect.TakeSnapshot() -> snapshots.take();
      case Effect.InstallSnapshot(SnapshotMeta meta, HardState hardState) ->
          snapshots.install(meta, hardState);
      case Effect.DropSnapshot(SnapshotMeta meta) -> snapshots.drop(meta);
      case Effect.StreamSnapshot(MemberId peer, SnapshotMeta meta) -> snapshots.stream(peer, meta);
    }
  }

  private void persist(Effect.Persist persist) {
    if (persist.event() instanceof JournalEvent.Appended appended) {
      cluster.checker.writes(host.id, appended);
      if (appended.before().index() < lastWritten.index()) {
        cluster.tally.count(Happening.TAIL_OVERWRITTEN);
        cluster.ambush.overwrites(host);
      }
      lastWritten = appended.entries().getLast().position();
    }
    journal.append(persist, this);
  }

  private void send(MemberId to, RaftMessage message) {
    if (core.role() != Role.LEADER) {
      peers.send(to, message);
    } else if (!feeds.send(to, message)) {
      step(new Input.PeerUnreachable(to));
    }
  }

  private void apply(Effect.Apply effect) {
    List<Attached<Request>> batch = requests.attachReplies(effect.entries());
    applying.add(batch);
    keySpace.send(
        tree -> {
          cluster.applied(host, tree, applying.remove());
          life.after(cluster.random.nextInt(200), () -> onApplied(tree.position()));
        });
  }

  private void onApplied(LogPosition position) {
    keySpace.tell(position);
    followTree();
    step(new Input.Applied(position.index()));
  }

  private void onRoleChanged(Effect.RoleChanged change) {
    if (change.role() == Role.LEADER) {
      cluster.checker.leads(host.id, change.term());
      cluster.tally.count(Happening.LEADER_ELECTED);
      if (cluster.promises.wasAsked(host.id, change.term())) {
        cluster.tally.count(Happening.LEADERSHIP_HANDED_OVER);
      }
    } else {
      feeds.clear();
    }
    requests.roleChanged(change);
  }

  @Override
  public void persisted(long ticket) {
    step(new Input.Persisted(ticket));
  }

  /** A snapshot has replaced the tree. */
  private void installed() {
    requests.snapshotInstalled();
    followTree();
  }

  @Override
  public void failed() {
    host.crash(false);
  }

  /** Everything that was asked of it is unknown now. */
  void abandon() {
    for (List<Attached<Request>> batch : applying) {
      batch.forEach(each -> each.reply().ifPresent(request -> request.failed(Request.UNKNOWN)));
    }
    requests.abandon();
  }
}
