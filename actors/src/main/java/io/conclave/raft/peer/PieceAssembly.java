package io.conclave.raft.peer;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.peer.PeerMessage.Piece;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Joins the pieces of one peer's large messages. What is begun and never finished gives way to what
 * comes later, so it holds at most {@code bytesMax} and never more than arrived. Not thread-safe.
 */
final class PieceAssembly {
  private final int messageBytesMax;
  private final long bytesMax;

  /** By transmission, the one begun first in front. */
  private final LinkedHashMap<Long, Parts> open = new LinkedHashMap<>();

  private long bytes;
  private long abandoned;

  private static final class Parts {
    private final int count;
    private final Map<Integer, Bytes> arrived = new HashMap<>();
    private long bytes;

    private Parts(int count) {
      this.count = count;
    }

    private Bytes join() {
      ByteBuffer joined = ByteBuffer.allocate((int) bytes);
      for (int part = 0; part < count; part++) {
        arrived.get(part).writeTo(joined);
      }
      return Bytes.adopt(joined.array());
    }
  }

  /**
   * @param messageBytesMax of one message; a larger one is abandoned
   * @param bytesMax of all messages begun; at least {@code messageBytesMax}
   */
  PieceAssembly(int messageBytesMax, long bytesMax) {
    this.messageBytesMax = messageBytesMax;
    this.bytesMax = bytesMax;
  }

  /** The whole message, if {@code piece} was the last that it lacked. */
  Optional<Bytes> add(Piece piece) {
    if (piece.parts() > partsMax()) {
      abandoned++;
      return Optional.empty();
    }
    Parts parts = open.computeIfAbsent(piece.transmission(), _ -> new Parts(piece.parts()));
    if (parts.count != piece.parts() || parts.arrived.containsKey(piece.part())) {
      return Optional.empty();
    }
    parts.arrived.put(piece.part(), piece.bytes());
    parts.bytes += piece.bytes().length();
    bytes += piece.bytes().length();
    if (parts.bytes > messageBytesMax) {
      abandon(piece.transmission());
      return Optional.empty();
    }
    if (parts.arrived.size() == parts.count) {
      bytes -= open.remove(piece.transmission()).bytes;
      return Optional.of(parts.join());
    }
    makeRoom();
    return Optional.empty();
  }

  /** Bytes of unfinished messages. */
  long bytes() {
    return bytes;
  }

  /** Messages given up so far. */
  long abandoned() {
    return abandoned;
  }

  private int partsMax() {
    return messageBytesMax / PeerLink.PIECE_BYTES_MAX + 1;
  }

  private void makeRoom() {
    while (bytes > bytesMax || open.size() > bytesMax / PeerLink.PIECE_BYTES_MAX) {
      abandon(open.firstEntry().getKey());
    }
  }

  private void abandon(long transmission) {
    bytes -= open.remove(transmission).bytes;
    abandoned++;
  }
}
