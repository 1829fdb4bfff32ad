package io.conclave.raft;

import io.conclave.keyspace.Proposer;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.ProposalTracker.Failure;
import io.conclave.raft.core.Refusal;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/** A proposal under way in this member; told exactly once how it ended. */
sealed interface PendingProposal extends Proposer {
  /** It got no outcome. */
  void failed(String cause);

  /** It got no outcome, for a reason that the tracker of proposals knows. */
  default void failed(Failure failure) {
    failed(failure.cause());
  }

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

  /** A client's change of the configuration, counted like its other proposals. */
  record OfChange(ActorRef<MemberCommand.ChangeReply> replyTo, MemberAccess.Session session)
      implements PendingProposal {
    @Override
    public void applied(Outcome outcome, LogPosition position) {
      answer(new MemberCommand.ChangeReply.Applied(position));
    }

    @Override
    public void failed(String cause) {
      answer(new MemberCommand.ChangeReply.Failed(cause));
    }

    @Override
    public void failed(Failure failure) {
      if (failure instanceof Failure.Refused(Refusal why)) {
        answer(new MemberCommand.ChangeReply.Refused(why));
      } else {
        failed(failure.cause());
      }
    }

    private void answer(MemberCommand.ChangeReply reply) {
      session.releaseProposal(0);
      replyTo.tell(reply);
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
