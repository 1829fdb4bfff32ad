package io.conclave.raft.peer;

import static io.conclave.raft.core.Require.require;

import io.conclave.raft.codec.BinaryReader;
import io.conclave.raft.codec.BinaryWriter;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a member must not forget about the identity of the others, on disk in one synced file.
 *
 * @param byMember read-only
 */
public record Pins(NavigableMap<MemberId, Pin> byMember) {
  public static final Pins NONE = new Pins(new TreeMap<>());

  /** Members may come and go, but never so many. */
  public static final int MEMBERS_MAX = 256;

  private static final int VERSION = 1;
  private static final int PIN_BYTES_MIN = 37;

  /** What a member is known to have on disk. Both numbers only grow. */
  public record Known(long durableSeq, long index) {
    public static final Known NOTHING = new Known(0, 0);

    public Known {
      require(durableSeq >= 0 && index >= 0, "negative: %d, %d", durableSeq, index);
    }

    Known max(Known other) {
      return new Known(Math.max(durableSeq, other.durableSeq), Math.max(index, other.index));
    }
  }

  /**
   * What is known about one member.
   *
   * @param boot the highest seen
   * @param before what was known when that boot was first seen: it must have recovered this much
   * @param now what is known by now
   */
  public record Pin(Incarnation incarnation, Boot boot, Known before, Known now) {}

  public Pins {
    require(byMember.size() <= MEMBERS_MAX, "more than %d pins", MEMBERS_MAX);
    byMember = Collections.unmodifiableNavigableMap(new TreeMap<>(byMember));
  }

  public Optional<Pin> of(MemberId member) {
    return Optional.ofNullable(byMember.get(member));
  }

  Pins with(MemberId member, Pin pin) {
    NavigableMap<MemberId, Pin> next = new TreeMap<>(byMember);
    next.put(member, pin);
    return new Pins(next);
  }

  Pins without(MemberId member) {
    NavigableMap<MemberId, Pin> next = new TreeMap<>(byMember);
    next.remove(member);
    return new Pins(next);
  }

  /** The versioned binary form; the file that holds it adds a checksum. */
  public Bytes encode() {
    BinaryWriter out = new BinaryWriter(16 + 80 * byMember.size());
    out.writeByte(VERSION).writeVarint(byMember.size());
    byMember.forEach(
        (member, pin) -> {
          out.writeLong(member.value());
          PeerEnvelopeCodec.write(out, pin.incarnation());
          PeerEnvelopeCodec.write(out, pin.boot());
          write(out, pin.before());
          write(out, pin.now());
        });
    return out.finish();
  }

  /** Throws {@link MalformedData} for anything that {@link #encode} did not make. */
  public static Pins decode(Bytes bytes) {
    BinaryReader in = new BinaryReader(bytes);
    int version = in.readByte();
    if (version != VERSION) {
      throw new MalformedData("pins of version " + version + "; this build reads " + VERSION);
    }
    NavigableMap<MemberId, Pin> byMember = new TreeMap<>();
    int count = in.readCount(PIN_BYTES_MIN);
    if (count > MEMBERS_MAX) {
      throw new MalformedData(count + " pins");
    }
    for (int i = 0; i < count; i++) {
      MemberId member = new MemberId(in.readLong());
      Incarnation incarnation = PeerEnvelopeCodec.readIncarnation(in);
      Boot boot = PeerEnvelopeCodec.readBoot(in);
      byMember.put(member, new Pin(incarnation, boot, readKnown(in), readKnown(in)));
    }
    in.requireEnd();
    return new Pins(byMember);
  }

  private static void write(BinaryWriter out, Known known) {
    out.writeVarint(known.durableSeq()).writeVarint(known.index());
  }

  private static Known readKnown(BinaryReader in) {
    return new Known(in.readNatural(), in.readNatural());
  }
}
