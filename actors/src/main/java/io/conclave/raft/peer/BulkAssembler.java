package io.conclave.raft.peer;

import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.codec.PeerMessageCodec;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.peer.PeerMessage.Piece;
import java.util.HashMap;
import java.util.Map;
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
  private final Limits limits;
  private final ActorRef<FromPeer> member;
  private final Map<MemberId, Sender> senders = new HashMap<>();

  /** What it accepts: {@link PeerEnvelope} only. */
  public sealed interface Command permits PeerEnvelope {}

  /**
   * @param messageBytesMax of one message
   * @param peerBytesMax of one peer's unfinished messages
   * @param peersMax that may have unfinished messages at the same time
   */
  public record Limits(int messageBytesMax, long peerBytesMax, int peersMax) {
    /** A request body of 10 MiB and what is wrapped around it. */
    public static final Limits DEFAULT = new Limits(11 << 20, 32 << 20, 64);
  }

  private record Sender(Boot boot, PieceAssembly assembly) {}

  public static Behavior<Command> create(
      PeerDirectory directory, Limits limits, ActorRef<FromPeer> member) {
    return Behaviors.setup(context -> new BulkAssembler(context, directory, limits, member));
  }

  private BulkAssembler(
      ActorContext<Command> context,
      PeerDirectory directory,
      Limits limits,
      ActorRef<FromPeer> member) {
    super(context);
    this.inbox = new PeerInbox(directory);
    this.limits = limits;
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
      assemblyOf(envelope.origin()).add(piece).ifPresent(whole -> deliver(from, whole));
    }
    return this;
  }

  /** A new boot begins with nothing; so does a peer that had to give way to others. */
  private PieceAssembly assemblyOf(Origin origin) {
    Sender sender = senders.get(origin.member());
    if (sender == null || !sender.boot().equals(origin.boot())) {
      if (senders.size() >= limits.peersMax()) {
        senders.clear();
      }
      sender =
          new Sender(
              origin.boot(), new PieceAssembly(limits.messageBytesMax(), limits.peerBytesMax()));
      senders.put(origin.member(), sender);
    }
    return sender.assembly();
  }

  private void deliver(MemberId from, Bytes whole) {
    try {
      member.tell(new FromPeer(from, PeerMessageCodec.decode(whole)));
    } catch (MalformedData malformed) {
      LOG.atWarn()
          .addKeyValue("peer", from)
          .addKeyValue("reason", malformed.getMessage())
          .log("dropped a large message");
    }
  }
}
