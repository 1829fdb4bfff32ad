package io.conclave.raft;

import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.JournalFold;
import io.conclave.raft.core.RecoveredState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A disk in memory, and journal actors that keep the protocol on it: what was confirmed is there
 * after a restart, and means what {@link JournalFold} says. Faults are set by the test.
 */
final class JournalDisk {
  private final MemorySnapshots files = new MemorySnapshots();
  private final List<JournalEvent> events = new ArrayList<>();
  private Optional<Journal.Snapshot> snapshot = Optional.empty();
  private HardState owned = HardState.INITIAL;
  private long cut;
  private Journal.Note note = new Journal.Note(0, 0);
  private int recoveries;
  private Fault fault = Fault.NONE;

  /** What goes wrong with the next command, or at the next start. */
  enum Fault {
    NONE,
    /** The journal actor ends by a bug; nothing is written. */
    CRASH,
    /** The write fails: the process has to end. */
    WRITE_FAILS,
    /** The journal actor ends by a bug at every start. */
    CRASH_AT_START,
    /** Recovery finds damage. */
    DAMAGED
  }

  JournalFactory factory() {
    return new JournalFactory() {
      @Override
      public Props create(ActorRef<Journal.Reply> owner, ExitHandler exit) {
        return Props.create(
            JournalActor.class, () -> new JournalActor(JournalDisk.this, owner, exit));
      }

      @Override
      public SnapshotFiles snapshots() {
        return files;
      }

      @Override
      public boolean hasSpace() {
        return true;
      }
    };
  }

  synchronized void set(Fault next) {
    fault = next;
  }

  synchronized void wipe() {
    events.clear();
    snapshot = Optional.empty();
    owned = HardState.INITIAL;
    cut = 0;
    note = new Journal.Note(0, 0);
  }

  synchronized int recoveries() {
    return recoveries;
  }

  synchronized List<JournalEvent> events() {
    return List.copyOf(events);
  }

  MemorySnapshots files() {
    return files;
  }

  synchronized Optional<Journal.Snapshot> snapshot() {
    return snapshot;
  }

  private synchronized boolean strikes(Fault such) {
    boolean strikes = fault == such;
    if (strikes && such != Fault.CRASH_AT_START) {
      fault = Fault.NONE;
    }
    return strikes;
  }

  private synchronized JournalFold fold() {
    JournalFold fold = new JournalFold(snapshot.map(Journal.Snapshot::meta), owned, cut);
    for (long seq = cut + 1; seq <= events.size(); seq++) {
      fold.add(seq, events.get((int) seq - 1));
    }
    return fold;
  }

  private synchronized Journal.Recovered recover() {
    recoveries++;
    RecoveredState state = fold().recovered(note.commit(), note.clusterTime());
    return new Journal.Recovered(
        state.hardState(),
        snapshot,
        state.before(),
        state.entries(),
        state.clusterTime(),
        events.size());
  }

  private synchronized long append(JournalEvent event) {
    events.add(event);
    return events.size();
  }

  private synchronized void save(Journal.SaveSnapshot request) {
    cut = request.installed() ? events.size() : fold().cutFor(request.firstKept());
    owned = request.hardState();
    files.saved(request.meta(), request.root());
    snapshot = Optional.of(new Journal.Snapshot(request.meta(), request.root()));
  }

  private synchronized void noted(Journal.Note newest) {
    note = newest;
  }

  private static final class JournalActor extends AbstractActor {
    private final JournalDisk disk;
    private final ActorRef<Journal.Reply> owner;
    private final ExitHandler exit;

    private JournalActor(JournalDisk disk, ActorRef<Journal.Reply> owner, ExitHandler exit) {
      this.disk = disk;
      this.owner = owner;
      this.exit = exit;
    }

    @Override
    public void preStart() {
      if (disk.strikes(Fault.CRASH_AT_START)) {
        getContext().stop(getSelf());
      } else if (disk.strikes(Fault.DAMAGED)) {
        exit.exit(ExitCode.DAMAGED_DATA, "damaged");
        getContext().stop(getSelf());
      } else {
        owner.tell(disk.recover());
      }
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder().match(Journal.Command.class, this::onCommand).build();
    }

    private void onCommand(Journal.Command command) {
      if (disk.strikes(Fault.CRASH)) {
        getContext().stop(getSelf());
        return;
      }
      if (disk.strikes(Fault.WRITE_FAILS)) {
        exit.exit(ExitCode.JOURNAL_FAILED, "write failed");
        getContext().stop(getSelf());
        return;
      }
      switch (command) {
        case Journal.Append append ->
            append
                .replyTo()
                .tell(new Journal.Appended(append.ticket(), disk.append(append.event())));
        case Journal.SaveSnapshot request -> {
          disk.save(request);
          request.replyTo().tell(new Journal.SnapshotSaved(request.meta().position(), 1000));
        }
        case Journal.Note newest -> disk.noted(newest);
      }
    }
  }
}
