package io.conclave.raft.codec;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.core.Stamp;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary form of the log: what the journal and snapshot files hold and peers exchange.
 *
 * <p>Every value begins with the format version and a byte that names its kind. Kinds and layouts
 * are never renumbered or changed, only added to; the golden test holds them fast. A value of a
 * later version, or damaged bytes, throw {@link MalformedData}: the caller knows which file or peer
 * it came from and says so. There is no checksum in here, because each place that stores or sends
 * these bytes has one of its own.
 */
public final class EntryCodec {
  /** The format that is written. */
  public static final int VERSION = 1;

  private static final int KIND_APPENDED = 1;
  private static final int KIND_HARD_STATE_SAVED = 2;
  private static final int KIND_HARD_STATE = 3;
  private static final int KIND_ENTRY = 4;
  private static final int KIND_SNAPSHOT_META = 5;

  private static final int PAYLOAD_EMPTY = 0;
  private static final int PAYLOAD_COMMAND = 1;
  private static final int PAYLOAD_BOOTSTRAP = 2;
  private static final int PAYLOAD_RECONFIGURE = 3;

  private static final int HEADER_BYTES = 2;

  /** At most what an entry takes besides its payload. */
  private static final int ENTRY_OVERHEAD_BYTES_MAX = 72;

  /** At least what an entry takes. */
  static final int ENTRY_BYTES_MIN = 21;

  private EntryCodec() {}

  public static Bytes encode(JournalEvent event) {
    return switch (event) {
      case JournalEvent.Appended appended -> encodeAppended(appended);
      case JournalEvent.HardStateSaved(HardState hardState) -> {
        BinaryWriter out = begin(KIND_HARD_STATE_SAVED, 32);
        write(out, hardState);
        yield out.finish();
      }
    };
  }

  public static JournalEvent decodeEvent(Bytes bytes) {
    BinaryReader in = new BinaryReader(bytes);
    int kind = readHeader(in);
    JournalEvent event =
        switch (kind) {
          case KIND_APPENDED -> readAppended(in);
          case KIND_HARD_STATE_SAVED -> new JournalEvent.HardStateSaved(readHardState(in));
          default -> throw new MalformedData("kind " + kind + " is no journal event");
        };
    in.requireEnd();
    return event;
  }

  public static Bytes encode(HardState hardState) {
    BinaryWriter out = begin(KIND_HARD_STATE, 32);
    write(out, hardState);
    return out.finish();
  }

  public static HardState decodeHardState(Bytes bytes) {
    BinaryReader in = expect(KIND_HARD_STATE, bytes);
    HardState hardState = readHardState(in);
    in.requireEnd();
    return hardState;
  }

  public static Bytes encode(LogEntry entry) {
    BinaryWriter out = begin(KIND_ENTRY, encodedBytesMax(entry));
    out.writeVarint(entry.index());
    write(out, entry);
    return out.finish();
  }

  public static LogEntry decodeEntry(Bytes bytes) {
    BinaryReader in = expect(KIND_ENTRY, bytes);
    LogEntry entry = readEntry(in, in.readNatural());
    in.requireEnd();
    return entry;
  }

  public static Bytes encode(SnapshotMeta meta) {
    BinaryWriter out = begin(KIND_SNAPSHOT_META, 256);
    write(out, meta.position());
    MembershipCodec.write(out, meta.membership());
    out.writeLong(meta.bootstrapHash());
    write(out, meta.stamp());
    return out.finish();
  }

  public static SnapshotMeta decodeSnapshotMeta(Bytes bytes) {
    BinaryReader in = expect(KIND_SNAPSHOT_META, bytes);
    SnapshotMeta meta =
        new SnapshotMeta(readPosition(in), MembershipCodec.read(in), in.readLong(), readStamp(in));
    in.requireEnd();
    return meta;
  }

  private static Bytes encodeAppended(JournalEvent.Appended appended) {
    long hint = 64;
    for (LogEntry entry : appended.entries()) {
      hint += encodedBytesMax(entry);
    }
    BinaryWriter out = begin(KIND_APPENDED, (int) Math.min(hint, 1 << 30));
    write(out, appended.hardState());
    write(out, appended.before());
    out.writeVarint(appended.entries().size());
    for (LogEntry entry : appended.entries()) {
      write(out, entry);
    }
    return out.finish();
  }

  private static JournalEvent.Appended readAppended(BinaryReader in) {
    HardState hardState = readHardState(in);
    LogPosition before = readPosition(in);
    int count = in.readCount(ENTRY_BYTES_MIN);
    if (count == 0) {
      throw new MalformedData("an append without entries");
    }
    List<LogEntry> entries = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      entries.add(readEntry(in, before.index() + i));
    }
    return new JournalEvent.Appended(hardState, before, entries);
  }

  /** Without the index, which follows from where the entry stands. */
  static void write(BinaryWriter out, LogEntry entry) {
    RequestId requestId = entry.requestId();
    out.writeVarint(entry.term());
    out.writeLong(requestId.origin().value()).writeLong(requestId.bootNonce());
    out.writeVarint(requestId.counter());
    write(out, entry.stamp());
    switch (entry.payload()) {
      case LogEntry.Payload.Empty() -> out.writeByte(PAYLOAD_EMPTY);
      case LogEntry.Payload.Command(Bytes command) ->
          out.writeByte(PAYLOAD_COMMAND).writeBytes(command);
      case LogEntry.Payload.Bootstrap bootstrap -> {
        out.writeByte(PAYLOAD_BOOTSTRAP);
        MembershipCodec.write(out, bootstrap.membership());
      }
      case LogEntry.Payload.Reconfigure reconfigure -> {
        out.writeByte(PAYLOAD_RECONFIGURE);
        MembershipCodec.write(out, reconfigure.membership());
        MembershipCodec.write(out, reconfigure.change());
      }
    }
  }

  static LogEntry readEntry(BinaryReader in, long index) {
    long term = in.readNatural();
    if (term < 1 || index < 1) {
      throw new MalformedData("no entry can be at " + term + "/" + index);
    }
    RequestId requestId =
        new RequestId(new MemberId(in.readLong()), in.readLong(), in.readVarint());
    Stamp stamp = readStamp(in);
    int kind = in.readByte();
    LogEntry.Payload payload =
        switch (kind) {
          case PAYLOAD_EMPTY -> new LogEntry.Payload.Empty();
          case PAYLOAD_COMMAND -> new LogEntry.Payload.Command(in.readBytes());
          case PAYLOAD_BOOTSTRAP -> new LogEntry.Payload.Bootstrap(MembershipCodec.read(in));
          case PAYLOAD_RECONFIGURE ->
              new LogEntry.Payload.Reconfigure(
                  MembershipCodec.read(in), MembershipCodec.readChange(in));
          default -> throw new MalformedData("unknown kind of entry " + kind);
        };
    return new LogEntry(new LogPosition(term, index), requestId, stamp, payload);
  }

  /** At most what {@link #write(BinaryWriter, LogEntry)} makes of it, and not much more. */
  static int encodedBytesMax(LogEntry entry) {
    int payload =
        switch (entry.payload()) {
          case LogEntry.Payload.Empty() -> 0;
          case LogEntry.Payload.Command(Bytes command) -> command.length();
          case LogEntry.Payload.Bootstrap bootstrap ->
              MembershipCodec.encodedBytes(bootstrap.membership());
          case LogEntry.Payload.Reconfigure reconfigure ->
              MembershipCodec.encodedBytes(reconfigure.membership())
                  + MembershipCodec.encodedBytes(reconfigure.change());
        };
    return ENTRY_OVERHEAD_BYTES_MAX + payload;
  }

  static void write(BinaryWriter out, HardState hardState) {
    out.writeVarint(hardState.term()).writeLong(hardState.vote().value());
    out.writeVarint(hardState.commit());
  }

  static HardState readHardState(BinaryReader in) {
    return new HardState(in.readNatural(), new MemberId(in.readLong()), in.readNatural());
  }

  static void write(BinaryWriter out, LogPosition position) {
    out.writeVarint(position.term()).writeVarint(position.index());
  }

  static LogPosition readPosition(BinaryReader in) {
    return new LogPosition(in.readNatural(), in.readNatural());
  }

  static void write(BinaryWriter out, Stamp stamp) {
    out.writeVarint(stamp.clusterTime()).writeSignedVarint(stamp.wallOffset());
  }

  static Stamp readStamp(BinaryReader in) {
    return new Stamp(in.readNatural(), in.readSignedVarint());
  }

  private static BinaryWriter begin(int kind, int bodyHint) {
    return new BinaryWriter(HEADER_BYTES + bodyHint).writeByte(VERSION).writeByte(kind);
  }

  private static BinaryReader expect(int kind, Bytes bytes) {
    BinaryReader in = new BinaryReader(bytes);
    int found = readHeader(in);
    if (found != kind) {
      throw new MalformedData("expected kind " + kind + ", found " + found);
    }
    return in;
  }

  private static int readHeader(BinaryReader in) {
    int version = in.readByte();
    if (version != VERSION) {
      throw new MalformedData(
          "format version " + version + " is not known here; this build reads " + VERSION);
    }
    return in.readByte();
  }
}
