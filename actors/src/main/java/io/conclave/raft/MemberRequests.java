package io.conclave.raft;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Effect;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.ProposalTracker;
import io.conclave.raft.core.ProposalTracker.Attached;
import io.conclave.raft.core.ReadBarrier;
import io.conclave.raft.core.RequestId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;

/** Everybody who waits for this member, from the request to the one answer that each gets. */
final class MemberRequests {
  /** Proposals of the member itself that may wait beside those of the gateways. */
  private static final int OWN_PROPOSALS_MAX = 4;

  private static final String TIMED_OUT = "etcdserver: request timed out";

  private final MemberAccess.Session session;
  private final Supplier<KeySpace> tree;
  private final ProposalTracker<PendingProposal> proposals;

  /** Handed to the key space, which answers them unless it fails. */
  private final Deque<Applying> applying = new ArrayDeque<>();

  private final ReadBarrier<ActorRef<MemberCommand.ReadReply>> reads;

  private record Applying(long lastIndex, List<PendingProposal> replies) {}

  /**
   * @param boot names the boot in {@link RequestId}s; its counter is not used
   * @param applied index of the last entry in the tree
   */
  MemberRequests(
      MemberAccess.Session session,
      MemberAccess.Limits limits,
      Supplier<KeySpace> tree,
      RequestId boot,
      long applied) {
    this.session = session;
    this.tree = tree;
    this.proposals =
        new ProposalTracker<>(
            boot.origin(),
            boot.bootNonce(),
            limits.proposalsMax() + OWN_PROPOSALS_MAX,
            limits.proposalBytesMax());
    this.reads = new ReadBarrier<>(limits.readsMax(), applied);
  }

  void propose(MemberCommand.Propose propose) {
    Bytes command = propose.command();
    hold(
        command,
        new PendingProposal.OfClient(propose.replyTo(), session, command.length()),
        propose.deadlineNanos());
  }

  void change(MemberCommand.ChangeMembership change) {
    PendingProposal proposal = new PendingProposal.OfChange(change.replyTo(), session);
    if (!proposals.propose(change.change(), proposal, change.deadlineNanos())) {
      proposal.failed(MemberAccess.TOO_MANY_REQUESTS);
    }
  }

  /**
   * @param settled is told whether it was applied; called on any thread
   */
  void proposeOwn(Bytes command, long deadlineNanos, Consumer<Boolean> settled) {
    hold(command, new PendingProposal.OfMember(settled), deadlineNanos);
  }

  private void hold(Bytes command, PendingProposal proposal, long deadlineNanos) {
    if (!proposals.propose(command, proposal, deadlineNanos)) {
      proposal.failed(MemberAccess.TOO_MANY_REQUESTS);
    }
  }

  void read(MemberCommand.ReadIndex read) {
    if (!reads.register(read.replyTo(), read.deadlineNanos())) {
      refuse(read.replyTo(), MemberAccess.TOO_MANY_REQUESTS);
    }
  }

  /** Hands the core what can be tried now. */
  void attempt(Consumer<Input> core) {
    proposals.attempts().forEach(core);
    reads.attempts().forEach(core);
  }

  void roleChanged(Effect.RoleChanged change) {
    proposals.roleChanged(change);
    reads.roleChanged(change);
  }

  /** A snapshot has replaced the tree: nobody knows what became of proposals under way. */
  void snapshotInstalled(long nowNanos) {
    proposals.snapshotInstalled();
    answerFailures(nowNanos);
  }

  void refused(Effect.ProposalRefused refused, long nowNanos) {
    proposals.refused(refused);
    answerFailures(nowNanos);
  }

  void refused(Effect.ReadRefused refused) {
    reads.refused(refused);
  }

  void confirmed(Effect.ReadConfirmed confirmed) {
    reads.confirmed(confirmed);
  }

  /** What the leader did not take is tried again. */
  void retry() {
    proposals.retry();
  }

  List<Attached<PendingProposal>> attachReplies(List<LogEntry> entries) {
    List<Attached<PendingProposal>> attached = proposals.attachReplies(entries);
    List<PendingProposal> replies =
        attached.stream().flatMap(each -> each.reply().stream()).toList();
    if (!replies.isEmpty()) {
      applying.add(new Applying(entries.getLast().index(), replies));
    }
    return attached;
  }

  /** Answers the reads that the published tree may serve, which has applied {@code position}. */
  void answerReads(LogPosition position) {
    while (!applying.isEmpty() && applying.peek().lastIndex() <= position.index()) {
      applying.poll();
    }
    reads.applied(position.index());
    for (ActorRef<MemberCommand.ReadReply> reader : reads.ready()) {
      session.releaseRead();
      reader.tell(new MemberCommand.ReadReply.Ready(tree.get(), position));
    }
  }

  /** Answers whoever is refused for good or has waited until his deadline. */
  void answerFailures(long nowNanos) {
    for (ProposalTracker.Failed<PendingProposal> failed : proposals.expire(nowNanos)) {
      failed.reply().failed(failed.failure());
    }
    reads.expire(nowNanos).forEach(reader -> refuse(reader, TIMED_OUT));
  }

  /**
   * The disk is nearly full, so that this member takes no entries: who needs more of them than it
   * has is told so.
   */
  void lackSpace(long lastIndex) {
    reads.giveUpBehind(lastIndex).forEach(reader -> refuse(reader, MemberAccess.NO_SPACE));
  }

  /** The member stops: nobody is left waiting. */
  void abandon() {
    applying.forEach(
        batch -> batch.replies().forEach(proposal -> proposal.failed(MemberAccess.STOPPED)));
    applying.clear();
    proposals.abandon().forEach(proposal -> proposal.failed(MemberAccess.STOPPED));
    reads.abandon().forEach(reader -> refuse(reader, MemberAccess.STOPPED));
  }

  private void refuse(ActorRef<MemberCommand.ReadReply> reader, String cause) {
    session.releaseRead();
    reader.tell(new MemberCommand.ReadReply.Failed(cause));
  }
}
