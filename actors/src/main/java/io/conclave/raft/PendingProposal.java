package io.conclave.raft;

import io.conclave.keyspace.Proposer;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.core.LogPosition;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/** A proposal under way in this member; told exactly once how it ended. */
sealed interface PendingProposal extends Proposer {
  /** It got no outcome. */
  void failed(String cause);

  /** Of a client, counted in the session until it is answered. */
  record OfClient(
      ActorRef<MemberCommand.ProposalReply> replyTo, MemberAccess.Session session, int bytes)
      implements PendingProposal {
    @Override
    public void applied(Outcome outcome, LogPosition position) {
      session.releaseProposal(bytes);
      replyTo.tell(new MemberCommand.ProposalReply.Applied(outcome, position));
    }

    @Override
    public void failed(String cause) {
      session.releaseProposal(bytes);
      replyTo.tell(new MemberCommand.ProposalReply.Failed(cause));
    }
  }

  /**
   * Of the member itself.
   *
   * @param settled is told whether it was applied; called on any thread
   */
  record OfMember(Consumer<Boolean> settled) implements PendingProposal {
    @Override
    public void applied(Outcome outcome, LogPosition position) {
      settled.accept(true);
    }

    @Override
    public void failed(String cause) {
      settled.accept(false);
    }
  }
}
