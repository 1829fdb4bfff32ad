package io.conclave.raft.peer;

import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.codec.PeerMessageCodec;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.peer.PeerMessage.Piece;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Joins the pieces of large messages from all peers. Not thread-safe. */
public final class BulkIntake {
  private final Limits limits;
  private final Map<MemberId, Sender> senders = new HashMap<>();

  /**
   * @param messageBytesMax of one message
   * @param peerBytesMax of one peer's unfinished messages
   * @param peersMax that may have unfinished messages at the same time
   */
  public record Limits(int messageBytesMax, long peerBytesMax, int peersMax) {
    /** A request body of 10 MiB, a request's head of 1 MiB, and what is wrapped around them. */
    public static final Limits DEFAULT = new Limits(12 << 20, 32 << 20, 64);
  }

  private record Sender(Boot boot, PieceAssembly assembly) {}

  public BulkIntake(Limits limits) {
    this.limits = limits;
  }

  /**
   * The whole message, if {@code piece} was the last that it lacked.
   *
   * @throws MalformedData if the pieces do not make a message
   */
  public Optional<RaftMessage> add(Origin origin, Piece piece) {
    return assemblyOf(origin).add(piece).map(PeerMessageCodec::decode);
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
}
