package io.conclave.testkit.sim;

import io.conclave.keyspace.AppliedTree;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.SnapshotMeta;
import java.util.Optional;
import java.util.function.Consumer;

/** What a member does about snapshots in one life: takes, offers, installs and drops them. */
final class SimSnapshots implements SimJournal.Snapshots {
  private final SimHost host;
  private final SafetyChecker checker;
  private final RaftCore core;
  private final SimJournal journal;
  private final SimKeySpace keySpace;
  private final SimFeeds feeds;
  private final Consumer<Input> step;
  private final Runnable installed;

  /**
   * @param step takes what is told to the core
   * @param installed is run when the tree was replaced, before the core hears of it
   */
  SimSnapshots(
      SimHost host,
      SafetyChecker checker,
      RaftCore core,
      SimJournal journal,
      SimKeySpace keySpace,
      SimFeeds feeds,
      Consumer<Input> step,
      Runnable installed) {
    this.host = host;
    this.checker = checker;
    this.core = core;
    this.journal = journal;
    this.keySpace = keySpace;
    this.feeds = feeds;
    this.step = step;
    this.installed = installed;
  }

  void take() {
    keySpace.send(this::save);
  }

  private void save(AppliedTree tree) {
    Optional<SnapshotMeta> meta = core.describeSnapshot(tree.position().index());
    if (meta.isEmpty()) {
      notSaved();
      return;
    }
    checker.restored(host.id, tree.position(), tree.tree());
    long firstKept = core.firstKept(tree.position().index());
    journal.save(meta.get(), tree.tree(), core.hardState(), firstKept, this);
  }

  void stream(MemberId peer, SnapshotMeta meta) {
    host.disk()
        .snapshots
        .find(meta)
        .ifPresentOrElse(
            file -> feeds.offer(peer, meta, file.part().length(), file.crc32c()),
            () -> step.accept(new Input.SnapshotTransferEnded(peer)));
  }

  void install(SnapshotMeta meta, HardState hardState) {
    journal.install(meta, hardState, this);
  }

  void drop(SnapshotMeta meta) {
    host.count(Happening.SNAPSHOT_STALE);
    host.disk().snapshots.dropArrived(meta);
  }

  @Override
  public void saved(SnapshotMeta meta, long sizeBytes) {
    step.accept(new Input.SnapshotSaved(meta, sizeBytes));
  }

  @Override
  public void notSaved() {
    step.accept(new Input.SnapshotFailed());
  }

  @Override
  public void installed(SnapshotMeta meta, KeySpace tree, long sizeBytes) {
    checker.restored(host.id, meta.position(), tree);
    keySpace.send(
        ignored -> {
          keySpace.replace(new AppliedTree(tree, meta.position()));
          keySpace.tell(meta.position());
          installed.run();
          step.accept(new Input.SnapshotInstalled(meta, sizeBytes));
        });
  }
}
