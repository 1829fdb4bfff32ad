package io.conclave.raft.codec;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Configurations and their changes, as parts of larger formats. */
public final class MembershipCodec {
  private static final int CHANGE_ADD = 1;
  private static final int CHANGE_PROMOTE = 2;
  private static final int CHANGE_REMOVE = 3;
  private static final int CHANGE_UPDATE_PEER_URLS = 4;

  /** Id, length of the name, learner, count of URLs. */
  private static final int MEMBER_BYTES_MIN = 11;

  private MembershipCodec() {}

  public static void write(BinaryWriter out, Membership membership) {
    out.writeVarint(membership.members().size());
    membership.members().values().forEach(member -> write(out, member));
    out.writeVarint(membership.removed().size());
    membership.removed().forEach(id -> out.writeLong(id.value()));
  }

  public static Membership read(BinaryReader in) {
    NavigableMap<MemberId, Membership.Member> members = new TreeMap<>();
    int count = in.readCount(MEMBER_BYTES_MIN);
    if (count > Membership.MEMBERS_MAX) {
      throw new MalformedData(count + " members");
    }
    for (int i = 0; i < count; i++) {
      Membership.Member member = readMember(in);
      members.put(member.id(), member);
    }
    NavigableSet<MemberId> removed = new TreeSet<>();
    int gone = in.readCount(Long.BYTES);
    for (int i = 0; i < gone; i++) {
      removed.add(new MemberId(in.readLong()));
    }
    return new Membership(members, removed);
  }

  static void write(BinaryWriter out, Membership.Change change) {
    switch (change) {
      case Membership.Change.Add(Membership.Member member) -> {
        out.writeByte(CHANGE_ADD);
        write(out, member);
      }
      case Membership.Change.Promote(MemberId id) ->
          out.writeByte(CHANGE_PROMOTE).writeLong(id.value());
      case Membership.Change.Remove(MemberId id) ->
          out.writeByte(CHANGE_REMOVE).writeLong(id.value());
      case Membership.Change.UpdatePeerUrls(MemberId id, List<String> peerUrls) -> {
        out.writeByte(CHANGE_UPDATE_PEER_URLS).writeLong(id.value());
        writeTexts(out, peerUrls);
      }
    }
  }

  static Membership.Change readChange(BinaryReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case CHANGE_ADD -> new Membership.Change.Add(readMember(in));
      case CHANGE_PROMOTE -> new Membership.Change.Promote(new MemberId(in.readLong()));
      case CHANGE_REMOVE -> new Membership.Change.Remove(new MemberId(in.readLong()));
      case CHANGE_UPDATE_PEER_URLS ->
          new Membership.Change.UpdatePeerUrls(new MemberId(in.readLong()), readTexts(in));
      default -> throw new MalformedData("unknown kind of configuration change " + kind);
    };
  }

  static int encodedBytes(Membership membership) {
    BinaryWriter out = new BinaryWriter(1 << 10);
    write(out, membership);
    return out.length();
  }

  static int encodedBytes(Membership.Change change) {
    BinaryWriter out = new BinaryWriter(1 << 8);
    write(out, change);
    return out.length();
  }

  private static void write(BinaryWriter out, Membership.Member member) {
    out.writeLong(member.id().value()).writeText(member.name()).writeBoolean(member.learner());
    writeTexts(out, member.peerUrls());
  }

  private static Membership.Member readMember(BinaryReader in) {
    MemberId id = new MemberId(in.readLong());
    if (id.isNone()) {
      throw new MalformedData("member without an id");
    }
    String name = in.readText();
    boolean learner = in.readBoolean();
    return new Membership.Member(id, name, readTexts(in), learner);
  }

  private static void writeTexts(BinaryWriter out, List<String> texts) {
    out.writeVarint(texts.size());
    texts.forEach(out::writeText);
  }

  private static List<String> readTexts(BinaryReader in) {
    int count = in.readCount(1);
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      texts.add(in.readText());
    }
    return texts;
  }
}
