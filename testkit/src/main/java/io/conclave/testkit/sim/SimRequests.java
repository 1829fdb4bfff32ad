package io.conclave.testkit.sim;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Effect;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.ProposalTracker;
import io.conclave.raft.core.ProposalTracker.Attached;
import io.conclave.raft.core.ProposalTracker.Failure;
import io.conclave.raft.core.ReadBarrier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Everybody who waits for one life of a member: its real tracker and its real barrier. */
final class SimRequests {
  private static final int PENDING_MAX = 200;
  private static final long PENDING_BYTES_MAX = 4 << 20;

  private final ProposalTracker<Request> proposals;
  private final ReadBarrier<Reader> reads;
  private final Tally tally;

  /** Clients' commands, all different, and whether they were attempted before. */
  private final Map<Bytes, Boolean> attempted = new HashMap<>();

  SimRequests(MemberId self, long bootNonce, long applied, Tally tally) {
    this.proposals = new ProposalTracker<>(self, bootNonce, PENDING_MAX, PENDING_BYTES_MAX);
    this.reads = new ReadBarrier<>(PENDING_MAX, applied);
    this.tally = tally;
  }

  /** Takes a command of which there is only one. */
  void proposeUnique(Bytes command, Request request, long deadlineMicros) {
    attempted.put(command, false);
    propose(command, request, deadlineMicros);
  }

  void propose(Bytes command, Request request, long deadlineMicros) {
    if (!proposals.propose(command, request, deadlineMicros * 1000)) {
      request.failed(new Failure.NotTaken(false, false));
    }
  }

  void propose(Change change, Request request, long deadlineMicros) {
    if (!proposals.propose(change, request, deadlineMicros * 1000)) {
      request.failed(new Failure.NotTaken(false, false));
    }
  }

  void read(Reader reader, long deadlineMicros) {
    if (!reads.register(reader, deadlineMicros * 1000)) {
      reader.failed();
    }
  }

  /** Hands the core what can be tried now. */
  void attempt(Consumer<Input> core) {
    for (Input attempt : proposals.attempts()) {
      if (attempt instanceof Input.Propose propose
          && Boolean.TRUE.equals(attempted.replace(propose.command(), true))) {
        tally.count(Happening.PROPOSAL_REPEATED);
      }
      core.accept(attempt);
    }
    reads.attempts().forEach(core);
  }

  void roleChanged(Effect.RoleChanged change) {
    proposals.roleChanged(change);
    reads.roleChanged(change);
  }

  void refused(Effect.ProposalRefused refused) {
    proposals.refused(refused);
  }

  void refused(Effect.ReadRefused refused) {
    reads.refused(refused);
  }

  void confirmed(Effect.ReadConfirmed confirmed) {
    reads.confirmed(confirmed);
  }

  void retry() {
    proposals.retry();
  }

  List<Attached<Request>> attachReplies(List<LogEntry> entries) {
    return proposals.attachReplies(entries);
  }

  void snapshotInstalled() {
    proposals.snapshotInstalled();
  }

  /** Answers the reads that the tree may serve. */
  void serve(SimKeySpace keySpace) {
    reads.applied(keySpace.told().index());
    for (Reader reader : reads.ready()) {
      tally.count(Happening.READ_SERVED);
      reader.ready(keySpace.tree(), keySpace.position());
    }
  }

  /** Answers whoever is refused for good or has waited until his deadline. */
  void expire(long nowMicros) {
    for (ProposalTracker.Failed<Request> failed : proposals.expire(nowMicros * 1000)) {
      tally.count(
          failed.failure() instanceof Failure.Unknown
              ? Happening.PROPOSAL_UNKNOWN
              : Happening.PROPOSAL_REFUSED);
      failed.reply().failed(failed.failure());
    }
    reads.expire(nowMicros * 1000).forEach(Reader::failed);
  }

  /** No more entries than these are taken. */
  void lackSpace(long lastIndex) {
    reads.giveUpBehind(lastIndex).forEach(Reader::failed);
  }

  /** The process died; nobody knows what becomes of what he asked for. */
  void abandon() {
    proposals.abandon().forEach(request -> request.failed(Request.UNKNOWN));
    reads.abandon().forEach(Reader::failed);
  }
}
