package io.conclave.raft.peer;

import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.peer.PeerMessage.Piece;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives messages that were too large for the ordinary lane, in pieces, and hands them to the
 * member whole. Runs at {@link PeerLane#BULK}.
 */
public final class BulkAssembler extends AbstractMatchingBehavior<BulkAssembler.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(BulkAssembler.class);

  private final PeerInbox inbox;
  private final BulkIntake intake;
  private final ActorRef<FromPeer> member;

  /** What it accepts: {@link PeerEnvelope} only. */
  public sealed interface Command permits PeerEnvelope {}

  public static Behavior<Command> create(
      PeerDirectory directory, BulkIntake.Limits limits, ActorRef<FromPeer> member) {
    return Behaviors.setup(context -> new BulkAssembler(context, directory, limits, member));
  }

  private BulkAssembler(
      ActorContext<Command> context,
      PeerDirectory directory,
      BulkIntake.Limits limits,
      ActorRef<FromPeer> member) {
    super(context);
    this.inbox = new PeerInbox(directory);
    this.intake = new BulkIntake(limits);
    this.member = member;
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    return switch (command) {
      case PeerEnvelope envelope -> onEnvelope(envelope);
    };
  }

  private Behavior<Command> onEnvelope(PeerEnvelope envelope) {
    if (envelope.message() instanceof Piece piece && inbox.accept(envelope)) {
      MemberId from = envelope.origin().member();
      try {
        intake
            .add(envelope.origin(), piece)
            .ifPresent(whole -> member.tell(new FromPeer(from, whole)));
      } catch (MalformedData malformed) {
        LOG.atWarn()
            .addKeyValue("peer", from)
            .addKeyValue("reason", malformed.getMessage())
            .log("dropped a large message");
      }
    }
    return this;
  }
}
