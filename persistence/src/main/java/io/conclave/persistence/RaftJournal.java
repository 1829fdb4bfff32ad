package io.conclave.persistence;

import static io.conclave.raft.core.Require.require;

import io.conclave.keyspace.TreeCodec;
import io.conclave.raft.ExitCode;
import io.conclave.raft.ExitHandler;
import io.conclave.raft.Journal;
import io.conclave.raft.JournalFactory;
import io.conclave.raft.codec.EntryCodec;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalDamage;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.JournalFold;
import io.conclave.raft.core.RecoveredState;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.AbstractPersistentActorWithTimers;
import org.apache.pekko.persistence.DeleteMessagesFailure;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.RecoveryCompleted;
import org.apache.pekko.persistence.SaveSnapshotFailure;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SnapshotOffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.PartialFunction;
import scala.runtime.BoxedUnit;

/**
 * The durable history of a Raft member: a classic persistent actor, because it must go on appending
 * while a snapshot is written, place a snapshot before the newest event, and delete up to a chosen
 * one. It decides nothing; what its events mean is told by {@link JournalFold}.
 *
 * <p>After a failed write the process has to end. On any exception the actor stops, and never
 * restarts alone: the member and the key space start again from disk with it.
 */
public final class RaftJournal extends AbstractPersistentActorWithTimers {
  private static final Logger LOG = LoggerFactory.getLogger(RaftJournal.class);

  private enum Tick {
    WITNESS
  }

  private final PersistenceSettings settings;
  private final ActorRef<Journal.Reply> owner;
  private final ExitHandler exit;
  private final Witness witness;
  private final StorageStats stats = StorageStats.of(context().system());
  private JournalFold fold = new JournalFold(Optional.empty(), HardState.INITIAL, 0);
  private Optional<Journal.Snapshot> snapshot = Optional.empty();
  private VerifiedCuts verified = VerifiedCuts.NONE;
  private Optional<Saving> saving = Optional.empty();
  private int appendsInFlight;
  private long handedIndex;
  private boolean serving;

  private record Factory(
      PersistenceSettings settings, DiskWatch disk, TransferredSnapshots snapshots)
      implements JournalFactory {
    @Override
    public Props create(ActorRef<Journal.Reply> owner, ExitHandler exit) {
      snapshots.forgetReceived();
      return Props.create(RaftJournal.class, () -> new RaftJournal(settings, owner, exit));
    }

    @Override
    public boolean hasSpace() {
      return disk.hasSpace();
    }
  }

  /** A snapshot that is being written. */
  private record Saving(Journal.SaveSnapshot request, SnapshotOwner owner) {}

  private RaftJournal(
      PersistenceSettings settings, ActorRef<Journal.Reply> owner, ExitHandler exit) {
    this.settings = settings;
    this.owner = owner;
    this.exit = exit;
    this.witness =
        new Witness(
            settings.witnessFile(),
            context().system().dispatchers().lookup("conclave.persistence.files-dispatcher"));
  }

  /** Makes the journal's actors; the data directory must exist and be locked by this process. */
  public static JournalFactory factory(PersistenceSettings settings) {
    DiskReserve reserve = DiskReserve.of(settings);
    return new Factory(
        settings,
        new DiskWatch(reserve),
        new TransferredSnapshots(settings.snapshotDirectory(), reserve));
  }

  @Override
  public String persistenceId() {
    return PersistenceSettings.PERSISTENCE_ID;
  }

  @Override
  public String journalPluginId() {
    return "conclave.persistence.journal";
  }

  @Override
  public String snapshotPluginId() {
    return "conclave.persistence.snapshot-store";
  }

  /** Where recovery from the snapshot begins, which is not where the journal ends. */
  @Override
  public long snapshotSequenceNr() {
    return saving.map(current -> current.owner().cut()).orElseGet(this::lastSequenceNr);
  }

  @Override
  public Receive createReceiveRecover() {
    return receiveBuilder()
        .match(SnapshotOffer.class, offer -> onOffer((SnapshotFile) offer.snapshot()))
        .match(byte[].class, event -> onReplayed(Bytes.adopt(event)))
        .match(RecoveryCompleted.class, completed -> onRecovered())
        .build();
  }

  @Override
  public Receive createReceive() {
    return receiveBuilder()
        .match(Journal.Command.class, this::onCommand)
        .matchEquals(Tick.WITNESS, tick -> writeWitness())
        .match(SaveSnapshotSuccess.class, saved -> onSaved())
        .match(SaveSnapshotFailure.class, failure -> onNotSaved(failure.cause()))
        .match(DeleteMessagesSuccess.class, dropped -> {})
        .match(DeleteMessagesFailure.class, this::onNotDropped)
        .build();
  }

  private void onCommand(Journal.Command command) {
    switch (command) {
      case Journal.Append append -> onAppend(append);
      case Journal.SaveSnapshot request -> onSave(request);
      case Journal.Note(long commit, long clusterTime) -> witness.note(commit, clusterTime);
    }
  }

  private void onOffer(SnapshotFile file) throws IOException {
    var tree = new TreeCodec.Reader();
    SnapshotFile.read(file.path(), tree::accept);
    snapshot = Optional.of(new Journal.Snapshot(file.meta(), tree.finish()));
    fold = new JournalFold(Optional.of(file.meta()), file.owner().hardState(), file.owner().cut());
    verified = verified.and(file.owner());
  }

  private void onReplayed(Bytes event) {
    fold.add(lastSequenceNr(), EntryCodec.decodeEvent(event));
  }

  private void onRecovered() throws IOException {
    Optional<WitnessNote> note = WitnessNote.read(settings.witnessFile());
    long notedCommit = note.map(WitnessNote::commit).orElse(0L);
    long notedTime = note.map(WitnessNote::clusterTime).orElse(0L);
    RecoveredState state = fold.recovered(notedCommit, notedTime);
    witness.note(notedCommit, notedTime);
    owner.tell(
        new Journal.Recovered(
            state.hardState(),
            snapshot,
            state.before(),
            state.entries(),
            state.clusterTime(),
            lastSequenceNr()));
    snapshot = Optional.empty();
    handedIndex = fold.lastIndex();
    stats.lastIndex(handedIndex);
    serving = true;
    timers().startTimerWithFixedDelay(Tick.WITNESS, Tick.WITNESS, settings.witnessInterval());
  }

  private void onAppend(Journal.Append append) {
    if (append.event() instanceof JournalEvent.Appended appended) {
      requireNoGap(appended);
      handedIndex = appended.entries().getLast().index();
    }
    appendsInFlight++;
    persistAsync(
        EntryCodec.encode(append.event()).unsafeArray(),
        written -> onAppended(append.ticket(), append.event(), append.replyTo()));
  }

  /** What would be damage when it is read must not be written. */
  private void requireNoGap(JournalEvent.Appended appended) {
    long before = appended.before().index();
    require(before <= handedIndex, "entries behind %d, the log ends at %d", before, handedIndex);
  }

  private void onAppended(long ticket, JournalEvent event, ActorRef<Journal.Reply> replyTo) {
    appendsInFlight--;
    fold.add(lastSequenceNr(), event);
    stats.lastIndex(fold.lastIndex());
    replyTo.tell(new Journal.Appended(ticket, lastSequenceNr()));
  }

  private void onSave(Journal.SaveSnapshot request) {
    if (saving.isPresent()) {
      refuse(request, "another snapshot is being written");
      return;
    }
    if (request.installed() && appendsInFlight > 0) {
      refuse(request, "entries are being appended");
      return;
    }
    long cut = request.installed() ? fold.lastSeq() : fold.cutFor(request.firstKept());
    HardState owned = fold.ownedWith(request.meta(), request.hardState());
    var kept = new SnapshotOwner(cut, owned, request.installed());
    saving = Optional.of(new Saving(request, kept));
    saveSnapshot(
        new SnapshotHandle(
            request.meta(), kept, pieces -> TreeCodec.write(request.root(), pieces)));
  }

  private void onSaved() throws IOException {
    Saving done = saving.orElseThrow();
    saving = Optional.empty();
    Journal.SaveSnapshot request = done.request();
    if (request.installed()) {
      fold.snapshotInstalled(request.meta(), done.owner().hardState());
      handedIndex = fold.lastIndex();
    } else {
      fold.snapshotSaved(request.meta(), done.owner().cut());
    }
    verified = verified.and(done.owner());
    if (verified.older() > 0) {
      deleteMessages(verified.older());
    }
    SnapshotName name = SnapshotName.of(request.meta(), done.owner());
    long size = Files.size(name.in(settings.snapshotDirectory()));
    request.replyTo().tell(new Journal.SnapshotSaved(request.meta().position(), size));
  }

  private void onNotSaved(Throwable cause) {
    Journal.SaveSnapshot request = saving.orElseThrow().request();
    saving = Optional.empty();
    refuse(request, String.valueOf(cause.getMessage()));
  }

  private static void refuse(Journal.SaveSnapshot request, String reason) {
    request.replyTo().tell(new Journal.SnapshotFailed(request.meta().position(), reason));
  }

  private void onNotDropped(DeleteMessagesFailure failure) {
    LOG.atWarn()
        .addKeyValue("upTo", failure.toSequenceNr())
        .setCause(failure.cause())
        .log("journal segments could not be dropped");
  }

  private void writeWitness() {
    witness.write(lastSequenceNr(), fold.lastIndex());
  }

  @Override
  public void onPersistFailure(Throwable cause, Object event, long sequenceNr) {
    exit.exit(
        ExitCode.JOURNAL_FAILED,
        "Writing event " + sequenceNr + " of the journal failed: " + cause.getMessage());
  }

  @Override
  public void onPersistRejected(Throwable cause, Object event, long sequenceNr) {
    onPersistFailure(cause, event, sequenceNr);
  }

  @Override
  public void onRecoveryFailure(Throwable cause, Option<Object> event) {
    fail(cause);
  }

  /**
   * Stops at any exception: a classic child of a typed parent would be restarted alone. Pekko
   * throws checked ones without declaring them.
   */
  @Override
  public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object message) {
    try {
      super.aroundReceive(receive, message);
    } catch (Exception e) {
      fail(e);
      context().stop(self());
    }
  }

  /** What is noted must be true, so that nothing is unless the recovery found all in order. */
  @Override
  public void postStop() {
    if (serving) {
      writeWitness();
    }
    witness.close();
  }

  private void fail(Throwable cause) {
    if (cause instanceof DamagedData damage) {
      exit.exit(ExitCode.DAMAGED_DATA, damage.getMessage());
    } else if (!serving && isContradiction(cause)) {
      String finding = "The journal is damaged: " + cause.getMessage() + ".";
      exit.exit(ExitCode.DAMAGED_DATA, new DamagedData(finding).getMessage());
    } else if (!serving && cause instanceof IOException) {
      exit.exit(ExitCode.START_REFUSED, "The journal can't be opened: " + cause.getMessage());
    } else {
      LOG.atError().setCause(cause).log("journal stops");
    }
  }

  /** Whole and with right checksums, but not what this member can have written. */
  private static boolean isContradiction(Throwable cause) {
    return cause instanceof JournalDamage
        || cause instanceof MalformedData
        || cause instanceof IllegalStateException;
  }
}
