package io.conclave.raft.peer;

import io.conclave.raft.codec.PeerMessageCodec;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.peer.PeerMessage.Piece;
import io.conclave.raft.peer.PeerMessage.Raft;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The way to one boot of one peer. Signs and numbers what is sent, and cuts what is too large for
 * the ordinary lane. What was sent may be lost; nobody is told. Safe for any thread.
 */
public final class PeerLink {
  /** Largest message that travels whole; 256 KiB are a frame, and its head needs some. */
  public static final int WHOLE_BYTES_MAX = 224 << 10;

  /** Largest part of a message that is cut; a frame of the large lane has 2 MiB. */
  public static final int PIECE_BYTES_MAX = 1 << 20;

  private final MemberId member;
  private final Boot boot;
  private final Supplier<Origin> origin;
  private final BiConsumer<PeerLane, PeerEnvelope> carrier;
  private final Map<PeerLane, AtomicLong> numbers = new EnumMap<>(PeerLane.class);
  private final AtomicLong transmissions = new AtomicLong();

  /**
   * @param origin signs each envelope
   * @param carrier takes each envelope on its lane; may lose it
   */
  public PeerLink(
      MemberId member,
      Boot boot,
      Supplier<Origin> origin,
      BiConsumer<PeerLane, PeerEnvelope> carrier) {
    this.member = member;
    this.boot = boot;
    this.origin = origin;
    this.carrier = carrier;
    for (PeerLane lane : PeerLane.values()) {
      numbers.put(lane, new AtomicLong());
    }
  }

  public MemberId member() {
    return member;
  }

  public Boot boot() {
    return boot;
  }

  public void send(RaftMessage message) {
    send(message, List.of());
  }

  /**
   * @param witnesses with heartbeats only
   */
  public void send(RaftMessage message, List<Witness> witnesses) {
    if (PeerMessageCodec.encodedBytesMax(message) <= WHOLE_BYTES_MAX) {
      send(PeerLane.MEMBER, new Raft(message, witnesses));
      return;
    }
    Bytes encoded = PeerMessageCodec.encode(message);
    long transmission = transmissions.incrementAndGet();
    int parts = (encoded.length() + PIECE_BYTES_MAX - 1) / PIECE_BYTES_MAX;
    for (int part = 0; part < parts; part++) {
      int from = part * PIECE_BYTES_MAX;
      int to = Math.min(encoded.length(), from + PIECE_BYTES_MAX);
      send(PeerLane.BULK, new Piece(transmission, part, parts, encoded.slice(from, to)));
    }
  }

  public void send(PeerLane lane, PeerMessage message) {
    long number = numbers.get(lane).incrementAndGet();
    carrier.accept(lane, new PeerEnvelope(origin.get(), boot, number, message));
  }
}
