package io.conclave.raft.peer;

import static io.conclave.raft.core.Require.require;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.SnapshotMeta;
import java.util.List;

/** Everything that members tell each other; what an envelope holds. */
public sealed interface PeerMessage {
  /**
   * For the core.
   *
   * @param witnesses with heartbeats only
   */
  record Raft(RaftMessage message, List<Witness> witnesses) implements PeerMessage {
    public Raft {
      witnesses = List.copyOf(witnesses);
    }
  }

  /** The sender wants to be known; answered by {@link Welcome} or {@link Refused}. */
  record Greeting(Introduction introduction) implements PeerMessage {}

  /** The greeting was accepted, durably; introduces the answering side. */
  record Welcome(Introduction introduction) implements PeerMessage {}

  /**
   * The greeting was not accepted.
   *
   * @param incarnation that was refused: it only concerns a process that still has it
   * @param boot likewise
   */
  record Refused(Incarnation incarnation, Boot boot, IdentityRefusal why, String text)
      implements PeerMessage {}

  /**
   * A part of an encoded {@link RaftMessage} too large for one frame of the ordinary lane.
   *
   * @param transmission names the message among those of the sender's boot
   * @param part from 0
   */
  record Piece(long transmission, int part, int parts, Bytes bytes) implements PeerMessage {
    public Piece {
      require(part >= 0 && part < parts, "part %d of %d", part, parts);
    }
  }

  /**
   * The sender has this snapshot for the receiver, who fetches it.
   *
   * @param sizeBytes of the transferable part of its file
   * @param crc32c over these bytes
   */
  record SnapshotOffer(SnapshotMeta meta, long sizeBytes, int crc32c) implements PeerMessage {}

  /** Asks for the bytes of a snapshot from {@code offset} on, at most a chunk. */
  record FetchChunk(LogPosition snapshot, long offset) implements PeerMessage {}

  record Chunk(LogPosition snapshot, long offset, Bytes bytes) implements PeerMessage {}

  /** There is no such snapshot any more: wait for another offer. */
  record SnapshotGone(LogPosition snapshot) implements PeerMessage {}
}
