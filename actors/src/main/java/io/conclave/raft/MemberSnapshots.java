package io.conclave.raft;

import io.conclave.keyspace.KeySpaceActor;
import io.conclave.keyspace.tree.HistoryLimits;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.Effect;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.SnapshotMeta;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The member's side of snapshots: its own tree is saved when the core wants it, and one that came
 * from another member takes the tree's place once it is the beginning of the journal.
 */
final class MemberSnapshots {
  private static final Logger LOG = LoggerFactory.getLogger(MemberSnapshots.class);

  private final DrivenCore core;
  private final SnapshotExchange exchange;
  private final MemberRequests requests;
  private final ActorRef<KeySpaceActor.Command> keySpace;
  private final ActorRef<KeySpaceActor.Reply> fromKeySpace;
  private final HistoryLimits history;

  /**
   * @param fromKeySpace gets the key space's answers to the member
   * @param history how much the tree may remember, whatever its sender holds
   */
  MemberSnapshots(
      DrivenCore core,
      SnapshotExchange exchange,
      MemberRequests requests,
      ActorRef<KeySpaceActor.Command> keySpace,
      ActorRef<KeySpaceActor.Reply> fromKeySpace,
      HistoryLimits history) {
    this.core = core;
    this.exchange = exchange;
    this.requests = requests;
    this.keySpace = keySpace;
    this.fromKeySpace = fromKeySpace;
    this.history = history;
  }

  /** The core wants one of the present tree. */
  void take() {
    keySpace.tell(new KeySpaceActor.TakeRoot(fromKeySpace));
  }

  /** The tree that {@link #take} asked for is there. */
  void taken(KeySpaceActor.Root root, MemberJournal journal) {
    if (!journal.save(root.tree(), root.position(), core.state())) {
      core.step(new Input.SnapshotFailed());
    }
  }

  /** The core wants the received one, which has to be read first. */
  void load(Effect.InstallSnapshot install) {
    exchange.load(install.meta(), install.hardState());
  }

  void loaded(SnapshotExchange.Loaded loaded, MemberJournal journal) {
    KeySpace tree = loaded.tree().withHistory(history);
    journal.install(loaded.meta(), tree, loaded.hardState());
  }

  /** Nothing else can bring the log to where the core has already put it. */
  void notLoaded(SnapshotExchange.NotLoaded failed) {
    throw new IllegalStateException(
        "can't install the snapshot " + failed.meta().position(), failed.cause());
  }

  /** A snapshot from another member is the beginning of the journal now. */
  void installed(Journal.SaveSnapshot installed) {
    LogPosition position = installed.meta().position();
    keySpace.tell(new KeySpaceActor.Replace(installed.root(), position, fromKeySpace));
    requests.snapshotInstalled(core.nanos());
    exchange.discard(installed.meta());
    LOG.atInfo()
        .addKeyValue("member", core.state().self())
        .addKeyValue("index", position.index())
        .log("installed a snapshot of the leader");
  }

  /** The received one is of no use. */
  void drop(SnapshotMeta meta) {
    exchange.discard(meta);
  }
}
