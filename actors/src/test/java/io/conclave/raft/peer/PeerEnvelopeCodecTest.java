package io.conclave.raft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.codec.GoldenValues;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.core.SnapshotMeta;
import io.conclave.raft.core.Stamp;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class PeerEnvelopeCodecTest {
  private static final MemberId ONE = MemberId.parse("ce2a822cea30bfca");
  private static final Incarnation DATA_DIR = new Incarnation(0x0123456789abcdefL, -2);
  private static final Boot BOOT = new Boot(3, 0x7766554433221100L);
  private static final LogPosition POSITION = new LogPosition(4, 10_000);

  /** What the golden file holds, by name. Never change a value: add others. */
  private static Map<String, PeerEnvelope> samples() {
    Map<String, PeerMessage> messages = new LinkedHashMap<>();
    messages.put("raft", new PeerMessage.Raft(new RaftMessage.HeartbeatResponse(5, 17), List.of()));
    messages.put(
        "raft-witnesses",
        new PeerMessage.Raft(
            new RaftMessage.Heartbeat(5, 17, 9, 1_000),
            List.of(new Witness(ONE, DATA_DIR, BOOT, 300, 70_000))));
    Introduction introduction = new Introduction(300, 70_000, -3, "10.0.0.1:2380");
    messages.put("greeting", new PeerMessage.Greeting(introduction));
    messages.put("welcome", new PeerMessage.Welcome(introduction));
    messages.put(
        "refused",
        new PeerMessage.Refused(DATA_DIR, BOOT, IdentityRefusal.TOO_MANY_MEMBERS, "no room"));
    messages.put("piece", new PeerMessage.Piece(7, 1, 3, Bytes.utf8("part")));
    messages.put(
        "snapshot-offer",
        new PeerMessage.SnapshotOffer(
            new SnapshotMeta(POSITION, Membership.EMPTY, 5, new Stamp(6, -7)), 1L << 33, -9));
    messages.put("fetch-chunk", new PeerMessage.FetchChunk(POSITION, 131_072));
    messages.put("chunk", new PeerMessage.Chunk(POSITION, 131_072, Bytes.utf8("bytes")));
    messages.put("snapshot-gone", new PeerMessage.SnapshotGone(POSITION));
    Map<String, PeerEnvelope> samples = new LinkedHashMap<>();
    Origin origin = new Origin(0x00ff00ff00ff00ffL, ONE, DATA_DIR, BOOT, 1L << 40);
    messages.forEach(
        (name, message) ->
            samples.put(name, new PeerEnvelope(origin, new Boot(9, 8), 129, message)));
    return samples;
  }

  @Test
  void everyEnvelopeHasTheBytesOfTheGoldenFile() {
    assertEquals(
        GoldenValues.text(GoldenValues.read("peer-envelope-codec-v1.txt"), bytes -> bytes),
        GoldenValues.text(samples(), PeerEnvelopeCodec::encode),
        "format changed");
  }

  @Test
  void everyGoldenEnvelopeIsReadBack() {
    Map<String, Bytes> golden = GoldenValues.read("peer-envelope-codec-v1.txt");
    samples()
        .forEach((name, value) -> assertEquals(value, PeerEnvelopeCodec.decode(golden.get(name))));
  }

  @Test
  void everyKindOfMessageHasASample() {
    Set<Class<?>> sampled = new HashSet<>();
    samples().values().forEach(envelope -> sampled.add(envelope.message().getClass()));
    assertEquals(Set.of(PeerMessage.class.getPermittedSubclasses()), sampled);
  }

  @Test
  void aCutEnvelopeIsRefused() {
    samples()
        .forEach(
            (name, envelope) -> {
              Bytes whole = PeerEnvelopeCodec.encode(envelope);
              for (int length = 0; length < whole.length(); length++) {
                Bytes cut = whole.slice(0, length);
                assertThrows(MalformedData.class, () -> PeerEnvelopeCodec.decode(cut), name);
              }
            });
  }

  @Test
  void garbageIsRefusedOrReadButNeverBreaksAnything() {
    var random = new Random(11);
    samples()
        .forEach(
            (name, envelope) -> {
              for (int run = 0; run < 2000; run++) {
                byte[] bytes = PeerEnvelopeCodec.encode(envelope).toArray();
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                try {
                  PeerEnvelopeCodec.decode(Bytes.adopt(bytes));
                } catch (MalformedData refused) {
                  assertTrue(refused.getMessage() != null, name);
                }
              }
            });
  }

  @Test
  void aLaterVersionIsRefusedByName() {
    byte[] later = PeerEnvelopeCodec.encode(samples().get("raft")).toArray();
    later[0] = 2;
    MalformedData refused =
        assertThrows(MalformedData.class, () -> PeerEnvelopeCodec.decode(Bytes.adopt(later)));
    assertTrue(refused.getMessage().contains("version 2"), refused.getMessage());
  }

  @Test
  void theSerializerCarriesEnvelopes() {
    PekkoPeerSerializer serializer = new PekkoPeerSerializer();
    PeerEnvelope envelope = samples().get("chunk");
    assertEquals(envelope, serializer.fromBinaryJava(serializer.toBinary(envelope), null));
    assertEquals(2379, serializer.identifier(), "stands in every message");
  }

  @Test
  void aLargestWholeMessageFitsIntoAFrame() {
    var proposal =
        new RaftMessage.Proposal(
            new RequestId(ONE, 1, 1), Bytes.adopt(new byte[PeerLink.WHOLE_BYTES_MAX - 128]));
    var message = new RaftMessage.ForwardedProposals(1, List.of(proposal));
    Origin origin = samples().get("raft").origin();
    Bytes encoded =
        PeerEnvelopeCodec.encode(
            new PeerEnvelope(origin, BOOT, 1, new PeerMessage.Raft(message, List.of())));
    assertTrue(encoded.length() <= PeerLink.WHOLE_BYTES_MAX + PeerEnvelopeCodec.HEAD_BYTES_MAX);
  }

  @Test
  void pinsAreReadBackFromTheirGoldenBytes() {
    var byMember = new TreeMap<MemberId, Pins.Pin>();
    byMember.put(
        ONE, new Pins.Pin(DATA_DIR, BOOT, new Pins.Known(3, 200), new Pins.Known(300, 70_000)));
    byMember.put(
        new MemberId(2),
        new Pins.Pin(new Incarnation(1, 2), Boot.NONE, Pins.Known.NOTHING, Pins.Known.NOTHING));
    Pins pins = new Pins(byMember);
    Map<String, Pins> samples = new LinkedHashMap<>();
    samples.put("none", Pins.NONE);
    samples.put("two", pins);
    Map<String, Bytes> golden = GoldenValues.read("pins-v1.txt");
    assertEquals(
        GoldenValues.text(golden, bytes -> bytes), GoldenValues.text(samples, Pins::encode));
    assertEquals(pins, Pins.decode(golden.get("two")));
    Bytes whole = golden.get("two");
    for (int length = 0; length < whole.length(); length++) {
      Bytes cut = whole.slice(0, length);
      assertThrows(MalformedData.class, () -> Pins.decode(cut));
    }
  }
}
