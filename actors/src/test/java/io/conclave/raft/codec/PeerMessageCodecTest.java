package io.conclave.raft.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.Refusal;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.Stamp;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PeerMessageCodecTest {
  private static final MemberId ONE = MemberId.parse("ce2a822cea30bfca");
  private static final RequestId REQUEST = new RequestId(ONE, 0x0123456789abcdefL, 300);
  private static final LogPosition POSITION = new LogPosition(4, 70_000);
  private static final long HUGE = Long.MAX_VALUE;

  /** What the golden file holds, by name. Never change a value: add others. */
  private static Map<String, RaftMessage> samples() {
    Map<String, RaftMessage> samples = new LinkedHashMap<>();
    samples.put("append-probe", new RaftMessage.AppendEntries(5, POSITION, List.of(), 69_999));
    samples.put(
        "append",
        new RaftMessage.AppendEntries(
            5, POSITION, List.of(entry(70_001, "k=v"), entry(70_002, ""), learner(70_003)), HUGE));
    samples.put("append-response", new RaftMessage.AppendEntriesResponse(5, 70_003));
    samples.put(
        "append-rejected",
        new RaftMessage.AppendEntriesRejected(6, 70_000, new LogPosition(3, 12)));
    samples.put("heartbeat", new RaftMessage.Heartbeat(5, 17, 70_003, 123_456_789));
    samples.put("heartbeat-response", new RaftMessage.HeartbeatResponse(5, 17));
    samples.put("pre-vote", new RaftMessage.PreVote(6, POSITION));
    samples.put("pre-vote-response", new RaftMessage.PreVoteResponse(6, true));
    samples.put("request-vote", new RaftMessage.RequestVote(6, POSITION, true));
    samples.put("request-vote-response", new RaftMessage.RequestVoteResponse(6, false));
    samples.put("timeout-now", new RaftMessage.TimeoutNow(6, 123_456_789));
    samples.put(
        "forwarded-proposals",
        new RaftMessage.ForwardedProposals(
            6,
            List.of(
                new RaftMessage.Proposal(REQUEST, Bytes.utf8("k=v")),
                new RaftMessage.Proposal(REQUEST, Bytes.EMPTY))));
    samples.put(
        "forwarded-change",
        new RaftMessage.ForwardedChange(6, REQUEST, new Membership.Change.Remove(ONE)));
    samples.put(
        "forward-refused",
        new RaftMessage.ForwardRefused(
            7, 6, List.of(REQUEST, RequestId.NONE), Refusal.TOO_MANY_MEMBERS));
    samples.put("read-index-request", new RaftMessage.ReadIndexRequest(6, -1));
    samples.put("read-index-response", new RaftMessage.ReadIndexResponse(6, -1, 70_003));
    return samples;
  }

  @Test
  void everyMessageHasTheBytesOfTheGoldenFile() {
    Map<String, Bytes> golden = GoldenValues.read("peer-message-codec-v1.txt");
    assertEquals(
        GoldenValues.text(golden, bytes -> bytes),
        GoldenValues.text(samples(), PeerMessageCodec::encode),
        "format changed");
  }

  @Test
  void everyGoldenMessageIsReadBack() {
    Map<String, Bytes> golden = GoldenValues.read("peer-message-codec-v1.txt");
    samples()
        .forEach((name, value) -> assertEquals(value, PeerMessageCodec.decode(golden.get(name))));
  }

  @Test
  void everyKindOfMessageHasASample() {
    Set<Class<?>> sampled = new HashSet<>();
    samples().values().forEach(message -> sampled.add(message.getClass()));
    assertEquals(Set.of(RaftMessage.class.getPermittedSubclasses()), sampled);
  }

  @Test
  void refusalsKeepTheirNumbers() {
    assertEquals(
        List.of(
            "NOT_LEADER",
            "TRANSFERRING",
            "OVERLOADED",
            "NO_SPACE",
            "CHANGE_IN_PROGRESS",
            "MEMBER_EXISTS",
            "MEMBER_UNKNOWN",
            "MEMBER_REMOVED",
            "PEER_URL_EXISTS",
            "LAST_VOTER",
            "QUORUM_LOST",
            "TOO_MANY_MEMBERS"),
        Arrays.stream(Refusal.values()).limit(12).map(Enum::name).toList());
  }

  @Test
  void theForetoldSizeIsEnoughAndNotFarOff() {
    samples()
        .forEach(
            (name, message) -> {
              int actual = PeerMessageCodec.encode(message).length();
              int foretold = PeerMessageCodec.encodedBytesMax(message);
              assertTrue(actual <= foretold, name);
              assertTrue(foretold <= actual + 64 + 4 * 52, name + " " + foretold + " " + actual);
            });
  }

  @Test
  void aCutMessageIsRefused() {
    samples()
        .forEach(
            (name, message) -> {
              Bytes whole = PeerMessageCodec.encode(message);
              for (int length = 0; length < whole.length(); length++) {
                Bytes cut = whole.slice(0, length);
                assertThrows(MalformedData.class, () -> PeerMessageCodec.decode(cut), name);
              }
              Bytes longer = whole.concat(Bytes.utf8("x"));
              assertThrows(MalformedData.class, () -> PeerMessageCodec.decode(longer), name);
            });
  }

  @Test
  void aLaterVersionIsRefusedByName() {
    byte[] later = PeerMessageCodec.encode(new RaftMessage.HeartbeatResponse(1, 1)).toArray();
    later[0] = 2;
    MalformedData refused =
        assertThrows(MalformedData.class, () -> PeerMessageCodec.decode(Bytes.adopt(later)));
    assertTrue(refused.getMessage().contains("version 2"), refused.getMessage());
  }

  @Test
  void unknownKindsAndRefusalsAreRefused() {
    assertThrows(MalformedData.class, () -> decode(1, 99, 0));
    assertThrows(MalformedData.class, () -> decode(1, 13, 1, 1, 200, 0));
  }

  @Test
  void aHugeCountDoesNotAllocate() {
    assertThrows(MalformedData.class, () -> decode(1, 1, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F));
  }

  @Test
  void entriesBeyondTheLastIndexAreRefused() {
    LogPosition last = new LogPosition(4, HUGE);
    byte[] probe =
        PeerMessageCodec.encode(new RaftMessage.AppendEntries(5, last, List.of(), 0)).toArray();
    probe[probe.length - 1] = 1;
    Bytes claimed = Bytes.adopt(probe).concat(Bytes.adopt(new byte[64]));
    assertThrows(MalformedData.class, () -> PeerMessageCodec.decode(claimed));
  }

  private static RaftMessage decode(int... bytes) {
    byte[] array = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      array[i] = (byte) bytes[i];
    }
    return PeerMessageCodec.decode(Bytes.adopt(array));
  }

  private static LogEntry entry(long index, String command) {
    return new LogEntry(
        new LogPosition(5, index),
        REQUEST,
        new Stamp(1_000, 1_700_000_000_000L),
        new Payload.Command(Bytes.utf8(command)));
  }

  private static LogEntry learner(long index) {
    var member = new Membership.Member(ONE, "", List.of("http://b:2380", "http://a:2380"), true);
    return new LogEntry(
        new LogPosition(5, index),
        REQUEST,
        Stamp.ZERO,
        new Payload.Reconfigure(Membership.of(List.of(member)), new Membership.Change.Add(member)));
  }
}
