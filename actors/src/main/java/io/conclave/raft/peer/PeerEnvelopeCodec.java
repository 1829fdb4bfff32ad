package io.conclave.raft.peer;

import io.conclave.raft.codec.BinaryReader;
import io.conclave.raft.codec.BinaryWriter;
import io.conclave.raft.codec.EntryCodec;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.codec.PeerMessageCodec;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.peer.PeerMessage.Chunk;
import io.conclave.raft.peer.PeerMessage.FetchChunk;
import io.conclave.raft.peer.PeerMessage.Greeting;
import io.conclave.raft.peer.PeerMessage.Piece;
import io.conclave.raft.peer.PeerMessage.Raft;
import io.conclave.raft.peer.PeerMessage.Refused;
import io.conclave.raft.peer.PeerMessage.SnapshotGone;
import io.conclave.raft.peer.PeerMessage.SnapshotOffer;
import io.conclave.raft.peer.PeerMessage.Welcome;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary form of {@link PeerEnvelope}: a version, a byte for the kind, who it is from and for,
 * then the fields of the message. Rules as in {@link PeerMessageCodec}.
 */
public final class PeerEnvelopeCodec {
  /** The format that is written. */
  public static final int VERSION = 1;

  /** At most what an envelope takes besides its message. */
  static final int HEAD_BYTES_MAX = 112;

  private static final int RAFT = 1;
  private static final int GREETING = 2;
  private static final int WELCOME = 3;
  private static final int REFUSED = 4;
  private static final int PIECE = 5;
  private static final int SNAPSHOT_OFFER = 6;
  private static final int FETCH_CHUNK = 7;
  private static final int CHUNK = 8;
  private static final int SNAPSHOT_GONE = 9;

  private static final int WITNESS_BYTES_MIN = 35;
  private static final int WITNESS_BYTES_MAX = 62;

  private PeerEnvelopeCodec() {}

  public static Bytes encode(PeerEnvelope envelope) {
    PeerMessage message = envelope.message();
    BinaryWriter out = new BinaryWriter(HEAD_BYTES_MAX + expectedBytes(message));
    out.writeByte(VERSION).writeByte(kindOf(message));
    write(out, envelope.origin());
    write(out, envelope.receiver());
    out.writeVarint(envelope.number());
    write(out, message);
    return out.finish();
  }

  /** Throws {@link MalformedData} for anything that {@link #encode} did not make. */
  public static PeerEnvelope decode(Bytes bytes) {
    BinaryReader in = new BinaryReader(bytes);
    int version = in.readByte();
    if (version != VERSION) {
      throw new MalformedData(
          "envelope version " + version + " is not known here; this build reads " + VERSION);
    }
    int kind = in.readByte();
    Origin origin =
        new Origin(
            in.readLong(),
            new MemberId(in.readLong()),
            readIncarnation(in),
            readBoot(in),
            in.readNatural());
    PeerEnvelope envelope =
        new PeerEnvelope(origin, readBoot(in), in.readNatural(), readMessage(in, kind));
    in.requireEnd();
    return envelope;
  }

  private static int kindOf(PeerMessage message) {
    return switch (message) {
      case Raft _ -> RAFT;
      case Greeting _ -> GREETING;
      case Welcome _ -> WELCOME;
      case Refused _ -> REFUSED;
      case Piece _ -> PIECE;
      case SnapshotOffer _ -> SNAPSHOT_OFFER;
      case FetchChunk _ -> FETCH_CHUNK;
      case Chunk _ -> CHUNK;
      case SnapshotGone _ -> SNAPSHOT_GONE;
    };
  }

  private static int expectedBytes(PeerMessage message) {
    return switch (message) {
      case Raft raft ->
          PeerMessageCodec.encodedBytesMax(raft.message())
              + 5
              + raft.witnesses().size() * WITNESS_BYTES_MAX;
      case Piece piece -> piece.bytes().length() + 32;
      case Chunk chunk -> chunk.bytes().length() + 40;
      case Greeting _, Welcome _, Refused _, SnapshotOffer _, FetchChunk _, SnapshotGone _ -> 128;
    };
  }

  private static void write(BinaryWriter out, PeerMessage message) {
    switch (message) {
      case Raft raft -> {
        PeerMessageCodec.write(out, raft.message());
        out.writeVarint(raft.witnesses().size());
        raft.witnesses().forEach(witness -> write(out, witness));
      }
      case Greeting(Introduction introduction) -> write(out, introduction);
      case Welcome(Introduction introduction) -> write(out, introduction);
      case Refused refused -> {
        write(out, refused.incarnation());
        write(out, refused.boot());
        out.writeByte(refused.why().ordinal()).writeText(refused.text());
      }
      case Piece piece ->
          out.writeVarint(piece.transmission())
              .writeVarint(piece.part())
              .writeVarint(piece.parts())
              .writeBytes(piece.bytes());
      case SnapshotOffer offer ->
          out.writeBytes(EntryCodec.encode(offer.meta()))
              .writeVarint(offer.sizeBytes())
              .writeLong(Integer.toUnsignedLong(offer.crc32c()));
      case FetchChunk(LogPosition snapshot, long offset) ->
          write(out, snapshot).writeVarint(offset);
      case Chunk(LogPosition snapshot, long offset, Bytes bytes) ->
          write(out, snapshot).writeVarint(offset).writeBytes(bytes);
      case SnapshotGone(LogPosition snapshot) -> write(out, snapshot);
    }
  }

  private static PeerMessage readMessage(BinaryReader in, int kind) {
    return switch (kind) {
      case RAFT -> readRaft(in);
      case GREETING -> new Greeting(readIntroduction(in));
      case WELCOME -> new Welcome(readIntroduction(in));
      case REFUSED ->
          new Refused(readIncarnation(in), readBoot(in), readRefusal(in), in.readText());
      case PIECE -> readPiece(in);
      case SNAPSHOT_OFFER ->
          new SnapshotOffer(
              EntryCodec.decodeSnapshotMeta(in.readBytes()), in.readNatural(), (int) in.readLong());
      case FETCH_CHUNK -> new FetchChunk(readPosition(in), in.readNatural());
      case CHUNK -> new Chunk(readPosition(in), in.readNatural(), in.readBytes());
      case SNAPSHOT_GONE -> new SnapshotGone(readPosition(in));
      default -> throw new MalformedData("unknown kind of envelope " + kind);
    };
  }

  private static Raft readRaft(BinaryReader in) {
    RaftMessage message = PeerMessageCodec.read(in);
    int count = in.readCount(WITNESS_BYTES_MIN);
    List<Witness> witnesses = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      witnesses.add(
          new Witness(
              new MemberId(in.readLong()),
              readIncarnation(in),
              readBoot(in),
              in.readNatural(),
              in.readNatural()));
    }
    return new Raft(message, witnesses);
  }

  private static Piece readPiece(BinaryReader in) {
    long transmission = in.readNatural();
    long part = in.readNatural();
    long parts = in.readNatural();
    if (part >= parts || parts > Integer.MAX_VALUE) {
      throw new MalformedData("part " + part + " of " + parts);
    }
    return new Piece(transmission, (int) part, (int) parts, in.readBytes());
  }

  private static IdentityRefusal readRefusal(BinaryReader in) {
    int ordinal = in.readByte();
    if (ordinal >= IdentityRefusal.values().length) {
      throw new MalformedData("unknown refusal " + ordinal);
    }
    return IdentityRefusal.values()[ordinal];
  }

  private static void write(BinaryWriter out, Origin origin) {
    out.writeLong(origin.clusterId()).writeLong(origin.member().value());
    write(out, origin.incarnation());
    write(out, origin.boot());
    out.writeVarint(origin.durableSeq());
  }

  private static void write(BinaryWriter out, Witness witness) {
    out.writeLong(witness.member().value());
    write(out, witness.incarnation());
    write(out, witness.boot());
    out.writeVarint(witness.durableSeq()).writeVarint(witness.knownIndex());
  }

  private static void write(BinaryWriter out, Introduction introduction) {
    out.writeVarint(introduction.durableSeq()).writeVarint(introduction.lastIndex());
    out.writeLong(introduction.bootstrapHash()).writeText(introduction.address());
  }

  private static Introduction readIntroduction(BinaryReader in) {
    return new Introduction(in.readNatural(), in.readNatural(), in.readLong(), in.readText());
  }

  static void write(BinaryWriter out, Incarnation incarnation) {
    out.writeLong(incarnation.high()).writeLong(incarnation.low());
  }

  static Incarnation readIncarnation(BinaryReader in) {
    return new Incarnation(in.readLong(), in.readLong());
  }

  static void write(BinaryWriter out, Boot boot) {
    out.writeVarint(boot.counter()).writeLong(boot.nonce());
  }

  static Boot readBoot(BinaryReader in) {
    return new Boot(in.readNatural(), in.readLong());
  }

  private static BinaryWriter write(BinaryWriter out, LogPosition position) {
    return out.writeVarint(position.term()).writeVarint(position.index());
  }

  private static LogPosition readPosition(BinaryReader in) {
    return new LogPosition(in.readNatural(), in.readNatural());
  }
}
