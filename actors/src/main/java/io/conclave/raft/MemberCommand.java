package io.conclave.raft;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Refusal;
import org.apache.pekko.actor.typed.ActorRef;

/** What the Raft member accepts from the gateways of the same process. */
public sealed interface MemberCommand extends RaftMember.Command {

  /**
   * Replicate a command and tell its outcome once this member has applied it. Forwarded to the
   * leader where needed, and proposed again only while it is certain that it can't have been
   * committed.
   *
   * @param command encoded by the key space's command codec
   * @param deadlineNanos on {@link System#nanoTime}'s scale; afterwards the outcome is unknown
   */
  record Propose(Bytes command, long deadlineNanos, ActorRef<ProposalReply> replyTo)
      implements MemberCommand {}

  /** Answer with a tree that holds every write acknowledged before now, anywhere. */
  record ReadIndex(long deadlineNanos, ActorRef<ReadReply> replyTo) implements MemberCommand {}

  /**
   * Change the configuration of the cluster by one step and tell when it is committed and applied
   * here. Forwarded to the leader where needed; waits for an earlier change that is under way.
   *
   * @param change adds a learner, removes a member or gives one other peer URLs; the leader itself
   *     promotes learners
   * @param deadlineNanos as in {@link Propose}
   */
  record ChangeMembership(
      Membership.Change change, long deadlineNanos, ActorRef<ChangeReply> replyTo)
      implements MemberCommand {}

  /** A connection from another member broke, perhaps the leader's: find out soon. */
  enum ConnectionLost implements MemberCommand {
    FROM_PEER
  }

  /** Pekko Cluster does not reach this peer any more: probe it before sending much. */
  record PeerSilent(MemberId peer) implements MemberCommand {}

  /** What became of a proposal. */
  sealed interface ProposalReply {
    /**
     * @param position of the entry, for X-Raft-Index and X-Raft-Term
     */
    record Applied(Outcome outcome, LogPosition position) implements ProposalReply {}

    /** Not known or not now; the words are those of spec v2-keys §19 where etcd has them. */
    record Failed(String cause) implements ProposalReply {}
  }

  /** What became of a change of the configuration. */
  sealed interface ChangeReply {
    /** The published tree shows it. */
    record Applied(LogPosition position) implements ChangeReply {}

    /** The leader refused it: it did not happen and won't. */
    record Refused(Refusal why) implements ChangeReply {}

    /** Not known or not now; see {@link ProposalReply.Failed}. */
    record Failed(String cause) implements ChangeReply {}
  }

  /** What became of a linearizable read. */
  sealed interface ReadReply {
    record Ready(KeySpace root, LogPosition applied) implements ReadReply {}

    record Failed(String cause) implements ReadReply {}
  }
}
