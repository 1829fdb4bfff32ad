package io.conclave.testkit.sim;

import io.conclave.keyspace.AppliedTree;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.FirstEntry;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RecoveredState;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.peer.Introduction;
import java.util.Optional;

/** What a process found at its start, and how it introduces itself with that. */
record Recovery(RecoveredState state, AppliedTree tree, long lastSeq) {

  static Recovery of(SimJournal journal, KeySpace empty, Tally tally) {
    SimJournal.Recovered recovered = journal.recover(empty);
    RecoveredState state = recovered.state();
    state.snapshot().ifPresent(meta -> count(meta, state, tally));
    return new Recovery(state, recovered.tree(), recovered.lastSeq());
  }

  private static void count(SnapshotMeta meta, RecoveredState state, Tally tally) {
    tally.count(Happening.RECOVERED_SNAPSHOT);
    long covered = meta.position().index();
    boolean changes =
        state.entries().stream()
            .filter(entry -> entry.index() > covered)
            .anyMatch(entry -> entry.payload() instanceof Payload.Reconfigure);
    if (changes) {
      tally.count(Happening.RECOVERED_CHANGE);
    }
  }

  Introduction introduction(String address) {
    long lastIndex = state.before().index() + state.entries().size();
    return new Introduction(lastSeq, lastIndex, bootstrapHash(), address);
  }

  private long bootstrapHash() {
    Optional<Long> fromSnapshot = state.snapshot().map(SnapshotMeta::bootstrapHash);
    return fromSnapshot.orElseGet(
        () ->
            state.entries().stream()
                .findFirst()
                .map(LogEntry::payload)
                .filter(Payload.Bootstrap.class::isInstance)
                .map(payload -> hash((Payload.Bootstrap) payload))
                .orElse(0L));
  }

  private static long hash(Payload.Bootstrap first) {
    Membership founders = first.membership();
    return FirstEntry.hash(founders);
  }
}
