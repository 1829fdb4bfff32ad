package io.conclave.testkit.scenario;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Effect;
import io.conclave.raft.core.FirstEntry;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.JournalFold;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.SnapshotMeta;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** A core with a journal in memory, under the hand of a scenario or a test. */
final class CoreMember {
  private static final int TICK_MILLIS = 10;

  private final MemberId id;
  private final CoreCluster cluster;
  private final List<JournalEvent> journal = new ArrayList<>();
  private final Deque<Effect.Persist> onTheWay = new ArrayDeque<>();
  private final List<LogEntry> applied = new ArrayList<>();
  private Optional<SnapshotMeta> snapshot = Optional.empty();
  private HardState owned = HardState.INITIAL;
  private long cut;
  private JournalFold fold;
  private RaftCore core;
  private Optional<Effect.InstallSnapshot> installing = Optional.empty();
  private boolean diskHeld;
  private boolean down;
  private long nextRequest = 1;
  private long ticks;

  CoreMember(MemberId id, Collection<Membership.Member> initial, CoreCluster cluster) {
    this.id = id;
    this.cluster = cluster;
    if (!initial.isEmpty()) {
      journal.add(FirstEntry.event(initial));
    }
    start();
  }

  /** Starts, or starts again, with what is on the disk. */
  void start() {
    fold = new JournalFold(snapshot, owned, cut);
    for (int i = (int) cut; i < journal.size(); i++) {
      fold.add(i + 1, journal.get(i));
    }
    core =
        new RaftCore(id, cluster.options(), fold.recovered(0, 0), new SplittableRandom(id.value()));
    applied.clear();
    down = false;
  }

  /** Whatever is not durable is gone. */
  void crash() {
    down = true;
    onTheWay.clear();
    installing = Optional.empty();
  }

  boolean isDown() {
    return down;
  }

  RaftCore core() {
    return core;
  }

  MemberId id() {
    return id;
  }

  /** Everything applied since the start, but what a snapshot brought. */
  List<LogEntry> applied() {
    return List.copyOf(applied);
  }

  /** Events that are durable. */
  List<JournalEvent> journal() {
    return List.copyOf(journal);
  }

  void step(Input input) {
    core.step(input);
  }

  void tick(int count) {
    for (int i = 0; i < count; i++) {
      ticks++;
      core.step(new Input.Tick(TICK_MILLIS, ticks * TICK_MILLIS));
      drain();
    }
  }

  RequestId propose(String command) {
    RequestId request = new RequestId(id, 1, nextRequest++);
    core.step(new Input.Propose(core.term(), request, Bytes.utf8(command)));
    return request;
  }

  void change(Change change) {
    RequestId request = new RequestId(id, 1, nextRequest++);
    core.step(new Input.ChangeMembership(core.term(), request, change));
  }

  void read() {
    core.step(new Input.ReadIndex(nextRequest++));
  }

  /** Keeps what is written from becoming durable, until released. */
  void holdDisk(boolean hold) {
    diskHeld = hold;
  }

  /** Takes effects out and carries them out; false if there were none. */
  boolean drain() {
    List<Effect> effects = core.drain();
    effects.forEach(this::carryOut);
    return !effects.isEmpty();
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.Persist persist -> onTheWay.add(persist);
      case Effect.Send(var to, var message) -> cluster.send(id, to, message);
      case Effect.Apply(var entries) -> {
        entries.forEach(entry -> say("applied " + TraceText.of(entry)));
        applied.addAll(entries);
        core.step(new Input.Applied(entries.getLast().index()));
      }
      case Effect.RoleChanged change -> say(TraceText.of(change));
      case Effect.MembershipChanged(var membership) ->
          say("configured " + TraceText.of(membership));
      case Effect.ReadConfirmed(var ids, var index) ->
          say("may serve %d read(s) at %d".formatted(ids.size(), index));
      case Effect.ReadRefused(var ids) -> say("can't serve %d read(s)".formatted(ids.size()));
      case Effect.ProposalRefused(var request, var term, var why) ->
          say("refused request %d of term %d: %s".formatted(request.counter(), term, why));
      case Effect.TakeSnapshot() -> takeSnapshot();
      case Effect.InstallSnapshot install -> installing = Optional.of(install);
      case Effect.DropSnapshot(var meta) -> say("dropped snapshot " + meta.position());
      case Effect.StreamSnapshot(var peer, var meta) -> cluster.stream(id, peer, meta);
    }
  }

  private void takeSnapshot() {
    long index = applied.getLast().index();
    SnapshotMeta meta = core.describeSnapshot(index).orElseThrow();
    say("saved snapshot " + meta.position());
    cut = fold.cutFor(core.firstKept(index));
    snapshot = Optional.of(meta);
    owned = core.hardState();
    fold.snapshotSaved(meta, cut);
    core.step(new Input.SnapshotSaved(meta, 0));
  }

  /** Finishes what the disk has to do, unless it is held; false if there was nothing. */
  boolean finishDisk() {
    if (diskHeld || onTheWay.isEmpty() && installing.isEmpty()) {
      return false;
    }
    while (!onTheWay.isEmpty()) {
      Effect.Persist persist = onTheWay.remove();
      journal.add(persist.event());
      fold.add(journal.size(), persist.event());
      say("persisted " + TraceText.of(persist.event()));
      core.step(new Input.Persisted(persist.ticket()));
    }
    installing.ifPresent(this::install);
    installing = Optional.empty();
    return true;
  }

  private void install(Effect.InstallSnapshot install) {
    say("installed snapshot " + install.meta().position());
    fold.snapshotInstalled(install.meta(), install.hardState());
    snapshot = Optional.of(install.meta());
    owned = install.hardState();
    cut = journal.size();
    core.step(new Input.SnapshotInstalled(install.meta(), 0));
  }

  private void say(String text) {
    cluster.say(id + " " + text);
  }
}
