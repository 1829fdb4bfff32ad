package io.conclave.raft.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.HardState;
import io.conclave.raft.core.JournalEvent;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.core.Stamp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class EntryCodecTest {
  private static final MemberId ONE = MemberId.parse("ce2a822cea30bfca");
  private static final MemberId TWO = MemberId.parse("2");
  private static final RequestId REQUEST = new RequestId(ONE, 0x0123456789abcdefL, 300);

  /** What the golden file holds, by name. Never change a value: add others. */
  private static Map<String, Object> samples() {
    Map<String, Object> samples = new LinkedHashMap<>();
    samples.put("hard-state-initial", HardState.INITIAL);
    samples.put("hard-state", new HardState(7, ONE, 1L << 40));
    samples.put(
        "hard-state-saved", new JournalEvent.HardStateSaved(new HardState(3, ONE, Long.MAX_VALUE)));
    samples.put("entry-empty", entry(2, 9, new Payload.Empty()));
    samples.put("entry-command", entry(2, 128, new Payload.Command(Bytes.utf8("k=v"))));
    samples.put("entry-bootstrap", bootstrap());
    samples.put("entry-add", change(new Membership.Change.Add(learner())));
    samples.put("entry-promote", change(new Membership.Change.Promote(TWO)));
    samples.put("entry-remove", change(new Membership.Change.Remove(TWO)));
    samples.put(
        "entry-update-peer-urls",
        change(new Membership.Change.UpdatePeerUrls(ONE, List.of("http://b:1", "http://a:1"))));
    samples.put(
        "appended",
        new JournalEvent.Appended(
            new HardState(2, MemberId.NONE, 4),
            new LogPosition(1, 5),
            List.of(
                entry(2, 6, new Payload.Empty()),
                entry(2, 7, new Payload.Command(Bytes.EMPTY)),
                entry(2, 8, new Payload.Command(Bytes.copyOf(new byte[] {0, -1, 127}))))));
    samples.put(
        "snapshot-meta",
        new SnapshotMeta(
            new LogPosition(4, 10_000), membership(), -2, new Stamp(123_456_789, -5_000)));
    return samples;
  }

  @Test
  void everyValueHasTheBytesOfTheGoldenFile() throws IOException {
    Map<String, Bytes> golden = golden();
    assertEquals(samples().keySet(), golden.keySet());
    samples()
        .forEach(
            (name, value) ->
                assertEquals(hex(golden.get(name)), hex(encode(value)), "format changed: " + name));
  }

  @Test
  void everyGoldenValueIsReadBack() throws IOException {
    Map<String, Bytes> golden = golden();
    samples().forEach((name, value) -> assertEquals(value, decode(value, golden.get(name)), name));
  }

  @Test
  void aCutValueIsRefused() {
    samples()
        .forEach(
            (name, value) -> {
              Bytes whole = encode(value);
              for (int length = 0; length < whole.length(); length++) {
                Bytes cut = whole.slice(0, length);
                assertThrows(MalformedData.class, () -> decode(value, cut), name);
              }
            });
  }

  @Test
  void bytesTooManyAreRefused() {
    samples()
        .forEach(
            (name, value) ->
                assertThrows(
                    MalformedData.class,
                    () -> decode(value, encode(value).concat(Bytes.utf8("x"))),
                    name));
  }

  @Test
  void aLaterVersionIsRefusedByName() {
    byte[] later = encode(bootstrap()).toArray();
    later[0] = 2;
    MalformedData refused =
        assertThrows(MalformedData.class, () -> EntryCodec.decodeEntry(Bytes.adopt(later)));
    assertTrue(refused.getMessage().contains("version 2"), refused.getMessage());
  }

  @Test
  void oneKindIsNotReadAsAnother() {
    assertThrows(
        MalformedData.class, () -> EntryCodec.decodeEvent(EntryCodec.encode(HardState.INITIAL)));
    assertThrows(
        MalformedData.class, () -> EntryCodec.decodeHardState(EntryCodec.encode(bootstrap())));
  }

  @Test
  void aHugeCountDoesNotAllocate() {
    Bytes event =
        new BinaryWriter(32)
            .writeByte(EntryCodec.VERSION)
            .writeByte(1)
            .writeVarint(1)
            .writeLong(0)
            .writeVarint(0)
            .writeVarint(0)
            .writeVarint(0)
            .writeVarint(Long.MAX_VALUE)
            .finish();
    assertThrows(MalformedData.class, () -> EntryCodec.decodeEvent(event));
  }

  private static LogEntry entry(long term, long index, Payload payload) {
    return new LogEntry(
        new LogPosition(term, index), REQUEST, new Stamp(1_000, 1_700_000_000_000L), payload);
  }

  private static LogEntry bootstrap() {
    Membership.Member member = new Membership.Member(ONE, "grün", List.of("http://a:2380"), false);
    return new LogEntry(
        new LogPosition(1, 1),
        RequestId.NONE,
        Stamp.ZERO,
        new Payload.Bootstrap(Membership.of(List.of(member))));
  }

  private static LogEntry change(Membership.Change change) {
    return entry(3, 70_000, new Payload.Reconfigure(membership(), change));
  }

  private static Membership.Member learner() {
    return new Membership.Member(TWO, "", List.of("http://b:2380", "http://c:2380"), true);
  }

  private static Membership membership() {
    TreeMap<MemberId, Membership.Member> members = new TreeMap<>();
    members.put(ONE, new Membership.Member(ONE, "one", List.of("http://a:2380"), false));
    members.put(TWO, learner());
    return new Membership(members, new TreeSet<>(List.of(new MemberId(5), new MemberId(-1))));
  }

  private static Bytes encode(Object value) {
    return switch (value) {
      case HardState hardState -> EntryCodec.encode(hardState);
      case LogEntry entry -> EntryCodec.encode(entry);
      case JournalEvent event -> EntryCodec.encode(event);
      case SnapshotMeta meta -> EntryCodec.encode(meta);
      default -> throw new AssertionError(value);
    };
  }

  private static Object decode(Object like, Bytes bytes) {
    return switch (like) {
      case HardState hardState -> EntryCodec.decodeHardState(bytes);
      case LogEntry entry -> EntryCodec.decodeEntry(bytes);
      case JournalEvent event -> EntryCodec.decodeEvent(bytes);
      case SnapshotMeta meta -> EntryCodec.decodeSnapshotMeta(bytes);
      default -> throw new AssertionError(like);
    };
  }

  private static Map<String, Bytes> golden() throws IOException {
    Map<String, Bytes> golden = new LinkedHashMap<>();
    try (InputStream in = EntryCodecTest.class.getResourceAsStream("/golden/entry-codec-v1.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.split("\n")) {
        String[] parts = line.split(" ");
        golden.put(parts[0], Bytes.adopt(HexFormat.of().parseHex(parts[1])));
      }
    }
    return golden;
  }

  private static String hex(Bytes bytes) {
    return HexFormat.of().formatHex(bytes.unsafeArray());
  }
}
