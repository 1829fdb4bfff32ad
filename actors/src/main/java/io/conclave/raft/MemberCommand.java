package io.conclave.raft;

import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
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

  /** What became of a proposal. */
  sealed interface ProposalReply {
    /**
     * @param position of the entry, for X-Raft-Index and X-Raft-Term
     */
    record Applied(Outcome outcome, LogPosition position) implements ProposalReply {}

    /** Not known or not now; the words are those of spec v2-keys §19 where etcd has them. */
    record Failed(String cause) implements ProposalReply {}
  }

  /** What became of a linearizable read. */
  sealed interface ReadReply {
    record Ready(KeySpace root, LogPosition applied) implements ReadReply {}

    record Failed(String cause) implements ReadReply {}
  }
}
