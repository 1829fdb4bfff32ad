package io.conclave.raft.codec;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.RaftMessage.AppendEntries;
import io.conclave.raft.core.RaftMessage.AppendEntriesRejected;
import io.conclave.raft.core.RaftMessage.AppendEntriesResponse;
import io.conclave.raft.core.RaftMessage.ForwardRefused;
import io.conclave.raft.core.RaftMessage.ForwardedChange;
import io.conclave.raft.core.RaftMessage.ForwardedProposals;
import io.conclave.raft.core.RaftMessage.Heartbeat;
import io.conclave.raft.core.RaftMessage.HeartbeatResponse;
import io.conclave.raft.core.RaftMessage.PreVote;
import io.conclave.raft.core.RaftMessage.PreVoteResponse;
import io.conclave.raft.core.RaftMessage.Proposal;
import io.conclave.raft.core.RaftMessage.ReadIndexRequest;
import io.conclave.raft.core.RaftMessage.ReadIndexResponse;
import io.conclave.raft.core.RaftMessage.RequestVote;
import io.conclave.raft.core.RaftMessage.RequestVoteResponse;
import io.conclave.raft.core.RaftMessage.TimeoutNow;
import io.conclave.raft.core.Refusal;
import io.conclave.raft.core.RequestId;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary form of what members tell each other. Like {@link EntryCodec}: a version, a byte for
 * the kind, then the fields; kinds are only added to, the golden test holds them fast, and what
 * can't be read throws {@link MalformedData}.
 */
public final class PeerMessageCodec {
  /** The format that is written. */
  public static final int VERSION = 1;

  private static final int APPEND_ENTRIES = 1;
  private static final int APPEND_ENTRIES_RESPONSE = 2;
  private static final int APPEND_ENTRIES_REJECTED = 3;
  private static final int HEARTBEAT = 4;
  private static final int HEARTBEAT_RESPONSE = 5;
  private static final int PRE_VOTE = 6;
  private static final int PRE_VOTE_RESPONSE = 7;
  private static final int REQUEST_VOTE = 8;
  private static final int REQUEST_VOTE_RESPONSE = 9;
  private static final int TIMEOUT_NOW = 10;
  private static final int FORWARDED_PROPOSALS = 11;
  private static final int FORWARDED_CHANGE = 12;
  private static final int FORWARD_REFUSED = 13;
  private static final int READ_INDEX_REQUEST = 14;
  private static final int READ_INDEX_RESPONSE = 15;

  /** At most what a message of numbers only takes, and the head of every other. */
  private static final int HEAD_BYTES_MAX = 64;

  private static final int REQUEST_ID_BYTES_MIN = 17;
  private static final int REQUEST_ID_BYTES_MAX = 26;

  private PeerMessageCodec() {}

  public static Bytes encode(RaftMessage message) {
    BinaryWriter out = new BinaryWriter(encodedBytesMax(message));
    write(out, message);
    return out.finish();
  }

  public static RaftMessage decode(Bytes bytes) {
    BinaryReader in = new BinaryReader(bytes);
    RaftMessage message = read(in);
    in.requireEnd();
    return message;
  }

  /** At most what {@link #encode} makes of it, and not much more; cheap. */
  public static int encodedBytesMax(RaftMessage message) {
    long body =
        switch (message) {
          case AppendEntries append ->
              append.entries().stream().mapToLong(EntryCodec::encodedBytesMax).sum();
          case ForwardedProposals forwarded ->
              forwarded.proposals().stream()
                  .mapToLong(p -> REQUEST_ID_BYTES_MAX + 5L + p.command().length())
                  .sum();
          case ForwardedChange change -> MembershipCodec.encodedBytes(change.change());
          case ForwardRefused refused -> (long) REQUEST_ID_BYTES_MAX * refused.ids().size();
          case AppendEntriesResponse _,
              AppendEntriesRejected _,
              Heartbeat _,
              HeartbeatResponse _,
              PreVote _,
              PreVoteResponse _,
              RequestVote _,
              RequestVoteResponse _,
              TimeoutNow _,
              ReadIndexRequest _,
              ReadIndexResponse _ ->
              0;
        };
    return Math.toIntExact(HEAD_BYTES_MAX + body);
  }

  /** Appends what {@link #encode} would return. */
  public static void write(BinaryWriter out, RaftMessage message) {
    out.writeByte(VERSION);
    switch (message) {
      case AppendEntries append -> write(out, append);
      case AppendEntriesResponse(long term, long matchIndex) ->
          begin(out, APPEND_ENTRIES_RESPONSE, term).writeVarint(matchIndex);
      case AppendEntriesRejected(long term, long rejectedIndex, LogPosition hint) -> {
        begin(out, APPEND_ENTRIES_REJECTED, term).writeVarint(rejectedIndex);
        EntryCodec.write(out, hint);
      }
      case Heartbeat(long term, long round, long commit, long clusterTime) ->
          begin(out, HEARTBEAT, term)
              .writeVarint(round)
              .writeVarint(commit)
              .writeVarint(clusterTime);
      case HeartbeatResponse(long term, long round) ->
          begin(out, HEARTBEAT_RESPONSE, term).writeVarint(round);
      case PreVote(long term, LogPosition last) ->
          EntryCodec.write(begin(out, PRE_VOTE, term), last);
      case PreVoteResponse(long term, boolean granted) ->
          begin(out, PRE_VOTE_RESPONSE, term).writeBoolean(granted);
      case RequestVote(long term, LogPosition last, boolean transfer) -> {
        EntryCodec.write(begin(out, REQUEST_VOTE, term), last);
        out.writeBoolean(transfer);
      }
      case RequestVoteResponse(long term, boolean granted) ->
          begin(out, REQUEST_VOTE_RESPONSE, term).writeBoolean(granted);
      case TimeoutNow(long term, long clusterTime) ->
          begin(out, TIMEOUT_NOW, term).writeVarint(clusterTime);
      case ForwardedProposals forwarded -> write(out, forwarded);
      case ForwardedChange(long term, RequestId id, var change) -> {
        write(begin(out, FORWARDED_CHANGE, term), id);
        MembershipCodec.write(out, change);
      }
      case ForwardRefused refused -> write(out, refused);
      case ReadIndexRequest(long term, long batch) ->
          begin(out, READ_INDEX_REQUEST, term).writeVarint(batch);
      case ReadIndexResponse(long term, long batch, long index) ->
          begin(out, READ_INDEX_RESPONSE, term).writeVarint(batch).writeVarint(index);
    }
  }

  /** Reads what {@link #write} appended; more may follow. */
  public static RaftMessage read(BinaryReader in) {
    int version = in.readByte();
    if (version != VERSION) {
      throw new MalformedData(
          "message version " + version + " is not known here; this build reads " + VERSION);
    }
    int kind = in.readByte();
    long term = in.readNatural();
    return switch (kind) {
      case APPEND_ENTRIES -> readAppendEntries(in, term);
      case APPEND_ENTRIES_RESPONSE -> new AppendEntriesResponse(term, in.readNatural());
      case APPEND_ENTRIES_REJECTED ->
          new AppendEntriesRejected(term, in.readNatural(), EntryCodec.readPosition(in));
      case HEARTBEAT -> new Heartbeat(term, in.readNatural(), in.readNatural(), in.readNatural());
      case HEARTBEAT_RESPONSE -> new HeartbeatResponse(term, in.readNatural());
      case PRE_VOTE -> new PreVote(term, EntryCodec.readPosition(in));
      case PRE_VOTE_RESPONSE -> new PreVoteResponse(term, in.readBoolean());
      case REQUEST_VOTE -> new RequestVote(term, EntryCodec.readPosition(in), in.readBoolean());
      case REQUEST_VOTE_RESPONSE -> new RequestVoteResponse(term, in.readBoolean());
      case TIMEOUT_NOW -> new TimeoutNow(term, in.readNatural());
      case FORWARDED_PROPOSALS -> readForwardedProposals(in, term);
      case FORWARDED_CHANGE ->
          new ForwardedChange(term, readRequestId(in), MembershipCodec.readChange(in));
      case FORWARD_REFUSED -> readForwardRefused(in, term);
      case READ_INDEX_REQUEST -> new ReadIndexRequest(term, in.readVarint());
      case READ_INDEX_RESPONSE -> new ReadIndexResponse(term, in.readVarint(), in.readNatural());
      default -> throw new MalformedData("unknown kind of message " + kind);
    };
  }

  private static BinaryWriter begin(BinaryWriter out, int kind, long term) {
    return out.writeByte(kind).writeVarint(term);
  }

  private static void write(BinaryWriter out, AppendEntries append) {
    EntryCodec.write(begin(out, APPEND_ENTRIES, append.term()), append.before());
    out.writeVarint(append.commit()).writeVarint(append.entries().size());
    for (LogEntry entry : append.entries()) {
      EntryCodec.write(out, entry);
    }
  }

  private static AppendEntries readAppendEntries(BinaryReader in, long term) {
    LogPosition before = EntryCodec.readPosition(in);
    long commit = in.readNatural();
    int count = in.readCount(EntryCodec.ENTRY_BYTES_MIN);
    if (before.index() > Long.MAX_VALUE - count) {
      throw new MalformedData("no entry can follow " + before);
    }
    List<LogEntry> entries = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      entries.add(EntryCodec.readEntry(in, before.index() + i));
    }
    return new AppendEntries(term, before, entries, commit);
  }

  private static void write(BinaryWriter out, ForwardedProposals forwarded) {
    begin(out, FORWARDED_PROPOSALS, forwarded.term()).writeVarint(forwarded.proposals().size());
    for (Proposal proposal : forwarded.proposals()) {
      write(out, proposal.id());
      out.writeBytes(proposal.command());
    }
  }

  private static ForwardedProposals readForwardedProposals(BinaryReader in, long term) {
    int count = in.readCount(REQUEST_ID_BYTES_MIN + 1);
    List<Proposal> proposals = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      proposals.add(new Proposal(readRequestId(in), in.readBytes()));
    }
    return new ForwardedProposals(term, proposals);
  }

  private static void write(BinaryWriter out, ForwardRefused refused) {
    begin(out, FORWARD_REFUSED, refused.term()).writeVarint(refused.meantFor());
    out.writeByte(refused.why().ordinal()).writeVarint(refused.ids().size());
    refused.ids().forEach(id -> write(out, id));
  }

  private static ForwardRefused readForwardRefused(BinaryReader in, long term) {
    long meantFor = in.readNatural();
    int ordinal = in.readByte();
    if (ordinal >= Refusal.values().length) {
      throw new MalformedData("unknown refusal " + ordinal);
    }
    int count = in.readCount(REQUEST_ID_BYTES_MIN);
    List<RequestId> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(readRequestId(in));
    }
    return new ForwardRefused(term, meantFor, ids, Refusal.values()[ordinal]);
  }

  private static void write(BinaryWriter out, RequestId id) {
    out.writeLong(id.origin().value()).writeLong(id.bootNonce()).writeVarint(id.counter());
  }

  private static RequestId readRequestId(BinaryReader in) {
    return new RequestId(new MemberId(in.readLong()), in.readLong(), in.readVarint());
  }
}
