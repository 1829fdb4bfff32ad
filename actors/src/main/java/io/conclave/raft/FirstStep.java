package io.conclave.raft;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.FirstEntry;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RecoveredState;
import java.util.Optional;

/** What to do with a journal that has just been recovered. */
sealed interface FirstStep {
  /**
   * The member can start.
   *
   * @param begun there is a log already
   */
  record Run(RecoveredState recovered, long durableSeq, KeySpace tree, boolean begun)
      implements FirstStep {}

  /** Write this first; the cluster begins. */
  record Found(JournalEvent.Appended first) implements FirstStep {}

  record Refuse(ExitCode code, String reason) implements FirstStep {}

  static FirstStep after(Journal.Recovered recovered, MemberSetup setup) {
    boolean empty =
        recovered.snapshot().isEmpty()
            && recovered.entries().isEmpty()
            && recovered.hardState().equals(HardState.INITIAL);
    if (empty) {
      return ofEmptyJournal(setup);
    }
    if (isOfOtherFounders(recovered, setup.founding())) {
      return new Refuse(
          ExitCode.IDENTITY_REFUSED,
          "The data directory holds the log of a cluster with other initial members than"
              + " --initial-cluster says; use another directory or the flags it was begun with.");
    }
    RecoveredState state =
        new RecoveredState(
            recovered.hardState(),
            recovered.snapshot().map(Journal.Snapshot::meta),
            recovered.before(),
            recovered.entries(),
            recovered.clusterTime());
    KeySpace tree =
        recovered
            .snapshot()
            .map(snapshot -> snapshot.root().withHistory(setup.keySpace().history()))
            .orElseGet(() -> emptyTree(setup));
    return new Run(state, recovered.durableSeq(), tree, true);
  }

  /** The first entry is on disk. */
  static Run founded(JournalEvent.Appended first, long durableSeq, MemberSetup setup) {
    RecoveredState state =
        new RecoveredState(first.hardState(), Optional.empty(), first.before(), first.entries(), 0);
    return new Run(state, durableSeq, emptyTree(setup), true);
  }

  private static FirstStep ofEmptyJournal(MemberSetup setup) {
    return switch (setup.founding().beginning()) {
      case Founding.Beginning.Found(Membership initial) ->
          new Found(FirstEntry.event(initial.members().values()));
      case Founding.Beginning.Join() -> new Run(RecoveredState.NOTHING, 0, emptyTree(setup), false);
      case Founding.Beginning.Over() ->
          new Refuse(
              ExitCode.DAMAGED_DATA,
              "The journal is empty though this member has had data: restore the whole data"
                  + " directory, or remove the member from its cluster and add it again with an"
                  + " empty one.");
    };
  }

  /** Only while the note that the log has begun is missing do the founders come from the flags. */
  private static boolean isOfOtherFounders(Journal.Recovered recovered, Founding founding) {
    return !recovered.entries().isEmpty()
        && recovered.entries().getFirst().payload()
            instanceof LogEntry.Payload.Bootstrap(Membership founders)
        && founding.beginning() instanceof Founding.Beginning.Found(Membership expected)
        && !expected.equals(founders);
  }

  private static KeySpace emptyTree(MemberSetup setup) {
    return KeySpace.initial(setup.keySpace().history());
  }
}
