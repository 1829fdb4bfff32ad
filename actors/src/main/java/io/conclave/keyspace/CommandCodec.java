package io.conclave.keyspace;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.raft.codec.BinaryReader;
import io.conclave.raft.codec.BinaryWriter;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary form of a {@link Command}: made once by the member that received the request, the same
 * in the log, on the wire and in the journal, read only when applied.
 *
 * <p>Version, kind, then the parts in the order of the record; truth values and the presence of
 * optional parts share one byte of flags. Kinds and flags are never renumbered, only added. What
 * can't be read throws {@link MalformedData}.
 */
public final class CommandCodec {
  /** The format that is written. */
  public static final int VERSION = 1;

  private static final int SET = 1;
  private static final int CREATE = 2;
  private static final int CREATE_IN_ORDER = 3;
  private static final int UPDATE = 4;
  private static final int COMPARE_AND_SWAP = 5;
  private static final int DELETE = 6;
  private static final int COMPARE_AND_DELETE = 7;
  private static final int SYNC = 8;
  private static final int PUBLISH = 9;
  private static final int SET_CLUSTER_VERSION = 10;

  private static final int DIR = 1;
  private static final int REFRESH = 1 << 1;
  private static final int TTL = 1 << 2;
  private static final int PREV_VALUE = 1 << 3;
  private static final int RECURSIVE = 1 << 4;

  /** Version, kind, flags, two lengths and two numbers. */
  private static final int OVERHEAD_BYTES_MAX = 40;

  private CommandCodec() {}

  public static Bytes encode(Command command) {
    return switch (command) {
      case Command.Set(KeyPath key, Bytes value, boolean dir, Ttl ttl, boolean refresh) ->
          file(SET, flags(dir, refresh, ttl), key, value, ttl).finish();
      case Command.Create(KeyPath key, Bytes value, boolean dir, Ttl ttl) ->
          file(CREATE, flags(dir, false, ttl), key, value, ttl).finish();
      case Command.CreateInOrder(KeyPath parent, Bytes value, boolean dir, Ttl ttl) ->
          file(CREATE_IN_ORDER, flags(dir, false, ttl), parent, value, ttl).finish();
      case Command.Update(KeyPath key, Bytes value, boolean dir, Ttl ttl, boolean refresh) ->
          file(UPDATE, flags(dir, refresh, ttl), key, value, ttl).finish();
      case Command.CompareAndSwap swap -> encodeSwap(swap);
      case Command.Delete(KeyPath key, boolean dir, boolean recursive) ->
          begin(DELETE, key.bytes().length())
              .writeByte((dir ? DIR : 0) | (recursive ? RECURSIVE : 0))
              .writeBytes(key.bytes())
              .finish();
      case Command.CompareAndDelete(KeyPath key, Command.Condition condition) -> {
        BinaryWriter out =
            begin(COMPARE_AND_DELETE, key.bytes().length() + condition.prevValue().length())
                .writeByte(condition.hasPrevValue() ? PREV_VALUE : 0)
                .writeBytes(key.bytes());
        write(out, condition);
        yield out.finish();
      }
      case Command.Sync() -> begin(SYNC, 0).finish();
      case Command.Publish(MemberId member, String name, List<String> clientUrls) -> {
        BinaryWriter out = begin(PUBLISH, name.length()).writeLong(member.value());
        out.writeText(name).writeVarint(clientUrls.size());
        clientUrls.forEach(out::writeText);
        yield out.finish();
      }
      case Command.SetClusterVersion(String version) ->
          begin(SET_CLUSTER_VERSION, version.length()).writeText(version).finish();
    };
  }

  public static Command decode(Bytes bytes) {
    BinaryReader in = new BinaryReader(bytes);
    int version = in.readByte();
    if (version != VERSION) {
      throw new MalformedData("command of format " + version + ", this is format " + VERSION);
    }
    Command command = read(in.readByte(), in);
    in.requireEnd();
    return command;
  }

  private static Command read(int kind, BinaryReader in) {
    return switch (kind) {
      case SET -> {
        File file = File.read(in, DIR | REFRESH | TTL);
        yield new Command.Set(file.key, file.value, file.dir(), file.ttl, file.refresh());
      }
      case CREATE -> {
        File file = File.read(in, DIR | TTL);
        yield new Command.Create(file.key, file.value, file.dir(), file.ttl);
      }
      case CREATE_IN_ORDER -> {
        File file = File.read(in, DIR | TTL);
        yield new Command.CreateInOrder(file.key, file.value, file.dir(), file.ttl);
      }
      case UPDATE -> {
        File file = File.read(in, DIR | REFRESH | TTL);
        yield new Command.Update(file.key, file.value, file.dir(), file.ttl, file.refresh());
      }
      case COMPARE_AND_SWAP -> {
        File file = File.read(in, DIR | REFRESH | TTL | PREV_VALUE);
        yield new Command.CompareAndSwap(
            file.key,
            file.value,
            file.dir(),
            file.ttl,
            file.refresh(),
            readCondition(in, file.flags));
      }
      case DELETE -> {
        int flags = readFlags(in, DIR | RECURSIVE);
        yield new Command.Delete(readKey(in), has(flags, DIR), has(flags, RECURSIVE));
      }
      case COMPARE_AND_DELETE -> {
        int flags = readFlags(in, PREV_VALUE);
        yield new Command.CompareAndDelete(readKey(in), readCondition(in, flags));
      }
      case SYNC -> new Command.Sync();
      case PUBLISH -> readPublish(in);
      case SET_CLUSTER_VERSION -> new Command.SetClusterVersion(in.readText());
      default -> throw new MalformedData("unknown kind of command " + kind);
    };
  }

  private static Bytes encodeSwap(Command.CompareAndSwap swap) {
    Command.Condition condition = swap.condition();
    int flags =
        flags(swap.dir(), swap.refresh(), swap.ttl()) | (condition.hasPrevValue() ? PREV_VALUE : 0);
    BinaryWriter out = file(COMPARE_AND_SWAP, flags, swap.key(), swap.value(), swap.ttl());
    write(out, condition);
    return out.finish();
  }

  private static BinaryWriter begin(int kind, int expectedBytes) {
    return new BinaryWriter(OVERHEAD_BYTES_MAX + expectedBytes).writeByte(VERSION).writeByte(kind);
  }

  private static BinaryWriter file(int kind, int flags, KeyPath key, Bytes value, Ttl ttl) {
    BinaryWriter out =
        begin(kind, key.bytes().length() + value.length())
            .writeByte(flags)
            .writeBytes(key.bytes())
            .writeBytes(value);
    return switch (ttl) {
      case Ttl.Permanent() -> out;
      case Ttl.Seconds(long unsigned) -> out.writeVarint(unsigned);
    };
  }

  private static int flags(boolean dir, boolean refresh, Ttl ttl) {
    return (dir ? DIR : 0) | (refresh ? REFRESH : 0) | (ttl instanceof Ttl.Seconds ? TTL : 0);
  }

  private static void write(BinaryWriter out, Command.Condition condition) {
    if (condition.hasPrevValue()) {
      out.writeBytes(condition.prevValue());
    }
    out.writeVarint(condition.prevIndex());
  }

  private static Command.Condition readCondition(BinaryReader in, int flags) {
    boolean hasPrevValue = has(flags, PREV_VALUE);
    Bytes prevValue = hasPrevValue ? in.readBytes() : Bytes.EMPTY;
    return new Command.Condition(hasPrevValue, prevValue, in.readVarint());
  }

  private static Command.Publish readPublish(BinaryReader in) {
    MemberId member = new MemberId(in.readLong());
    String name = in.readText();
    int count = in.readCount(1);
    List<String> clientUrls = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      clientUrls.add(in.readText());
    }
    return new Command.Publish(member, name, clientUrls);
  }

  private static KeyPath readKey(BinaryReader in) {
    Bytes written = in.readBytes();
    KeyPath key = KeyPath.of(written);
    if (!key.bytes().equals(written)) {
      throw new MalformedData("a key that is not clean");
    }
    return key;
  }

  private static int readFlags(BinaryReader in, int possible) {
    int flags = in.readByte();
    if ((flags & ~possible) != 0) {
      throw new MalformedData("unknown flags " + flags);
    }
    return flags;
  }

  private static boolean has(int flags, int flag) {
    return (flags & flag) != 0;
  }

  /** What all commands that write a node begin with. */
  private record File(int flags, KeyPath key, Bytes value, Ttl ttl) {
    private static File read(BinaryReader in, int possible) {
      int flags = readFlags(in, possible);
      KeyPath key = readKey(in);
      Bytes value = in.readBytes();
      return new File(
          flags, key, value, has(flags, TTL) ? new Ttl.Seconds(in.readVarint()) : Ttl.PERMANENT);
    }

    private boolean dir() {
      return has(flags, DIR);
    }

    private boolean refresh() {
      return has(flags, REFRESH);
    }
  }
}
