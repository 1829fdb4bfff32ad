package io.conclave.testkit.sim;

import io.conclave.raft.core.FirstEntry;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.JournalFold;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RecoveredState;
import io.conclave.raft.core.SnapshotMeta;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A journal and its snapshots, in memory, with the rules of the real ones: events become durable in
 * order, a crash takes some of those that were not, snapshots cut the journal.
 */
final class SimDisk {
  /** A snapshot file: what is transferable, and what belongs to its owner. */
  record Snapshot(SnapshotMeta meta, SimStore store, HardState owned, long cut) {}

  /** What a start finds. */
  record Recovered(RecoveredState state, SimStore store) {}

  private record Stored(long seq, JournalEvent event) {}

  private final List<Stored> durable = new ArrayList<>();
  private final Deque<Stored> onTheWay = new ArrayDeque<>();
  private final List<Snapshot> snapshots = new ArrayList<>();
  private JournalFold fold = new JournalFold(Optional.empty(), HardState.INITIAL, 0);
  private long nextSeq = 1;
  private long notedCommit;
  private long notedClusterTime;
  int tornTails;

  /** A fresh disk of an initial member. */
  void bootstrap(Collection<Membership.Member> initial) {
    write(FirstEntry.event(initial));
    sync();
  }

  void write(JournalEvent event) {
    onTheWay.add(new Stored(nextSeq++, event));
  }

  /** The oldest event on its way is durable. */
  void sync() {
    Stored stored = onTheWay.remove();
    durable.add(stored);
    fold.add(stored.seq(), stored.event());
  }

  void note(long commit, long clusterTime) {
    notedCommit = Math.max(notedCommit, commit);
    notedClusterTime = Math.max(notedClusterTime, clusterTime);
  }

  /** The process died: some prefix of what was on its way survives. */
  void crash(RandomGenerator random) {
    int survivors = random.nextInt(onTheWay.size() + 1);
    tornTails += survivors < onTheWay.size() ? 1 : 0;
    for (int i = 0; i < survivors; i++) {
      durable.add(onTheWay.remove());
    }
    onTheWay.clear();
  }

  void save(SnapshotMeta meta, SimStore store, HardState owned, long firstKept) {
    long cut = fold.cutFor(firstKept);
    snapshots.add(new Snapshot(meta, store, owned, cut));
    fold.snapshotSaved(meta, cut);
    deleteNeedless();
  }

  void install(SnapshotMeta meta, SimStore store, HardState owned) {
    if (!onTheWay.isEmpty()) {
      throw new SafetyViolation("a snapshot is installed while the journal writes");
    }
    fold.snapshotInstalled(meta, owned);
    snapshots.clear();
    snapshots.add(new Snapshot(meta, store, owned, fold.lastSeq()));
    deleteNeedless();
  }

  /** Events in front of the second newest snapshot's cut go; the newest event always stays. */
  private void deleteNeedless() {
    if (snapshots.size() >= 2) {
      long cut = snapshots.get(snapshots.size() - 2).cut();
      durable.removeIf(stored -> stored.seq() <= cut && stored.seq() < nextSeq - 1);
      snapshots.subList(0, snapshots.size() - 2).clear();
    }
  }

  Optional<Snapshot> newest() {
    return snapshots.isEmpty() ? Optional.empty() : Optional.of(snapshots.getLast());
  }

  /**
   * Reads everything back.
   *
   * @param newestDamaged the newest snapshot does not verify; ignored without an older one
   */
  Recovered recover(boolean newestDamaged) {
    if (newestDamaged && snapshots.size() >= 2) {
      snapshots.removeLast();
    }
    Optional<Snapshot> from = newest();
    long cut = from.map(Snapshot::cut).orElse(0L);
    fold =
        new JournalFold(
            from.map(Snapshot::meta), from.map(Snapshot::owned).orElse(HardState.INITIAL), cut);
    for (Stored stored : durable) {
      if (stored.seq() > cut) {
        fold.add(stored.seq(), stored.event());
      }
    }
    nextSeq = fold.lastSeq() + 1;
    RecoveredState state = fold.recovered(notedCommit, notedClusterTime);
    return new Recovered(state, from.map(Snapshot::store).orElse(SimStore.EMPTY));
  }
}
