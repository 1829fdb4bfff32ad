package io.conclave.raft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.RequestId;
import io.conclave.raft.peer.PeerMessage.Piece;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

/** From one member's link to the other's inbox and assembler, without a network. */
final class PeerLinkTest {
  private static final RaftMessage SMALL = new RaftMessage.HeartbeatResponse(3, 4);

  private final LocalPeer one = new LocalPeer(1);
  private final LocalPeer two = new LocalPeer(2);
  private final TestInbox<FromPeer> delivered = TestInbox.create();
  private final BehaviorTestKit<BulkAssembler.Command> assembler =
      BehaviorTestKit.create(
          BulkAssembler.create(two.directory(), BulkIntake.Limits.DEFAULT, delivered.getRef()));

  @Test
  void aSmallMessageTravelsWhole() {
    PeerLink link = meet();
    link.send(SMALL, List.of());
    PeerEnvelope envelope = two.received(PeerLane.MEMBER).getFirst();
    assertEquals(new PeerMessage.Raft(SMALL, List.of()), envelope.message());
    assertTrue(new PeerInbox(two.directory()).accept(envelope));
  }

  @Test
  void theSameEnvelopeIsAcceptedOnce() {
    PeerLink link = meet();
    link.send(SMALL);
    link.send(SMALL);
    PeerInbox inbox = new PeerInbox(two.directory());
    List<PeerEnvelope> envelopes = two.received(PeerLane.MEMBER);
    assertTrue(inbox.accept(envelopes.getLast()));
    assertTrue(inbox.accept(envelopes.getFirst()));
    assertFalse(inbox.accept(envelopes.getFirst()));
    assertEquals(1, inbox.dropped());
    assertEquals(2, two.directory().peer(one.id()).orElseThrow().accepted());
  }

  @Test
  void onlyBelievedBootsMeantForThisOneAreAccepted() {
    PeerLink link = meet();
    link.send(SMALL);
    PeerEnvelope good = two.received(PeerLane.MEMBER).getFirst();
    PeerInbox inbox = new PeerInbox(two.directory());
    Origin o = good.origin();
    assertFalse(inbox.accept(from(good, new Origin(9, o.member(), o.incarnation(), o.boot(), 0))));
    assertFalse(
        inbox.accept(
            from(good, new Origin(o.clusterId(), new MemberId(7), o.incarnation(), o.boot(), 0))));
    assertFalse(
        inbox.accept(
            from(good, new Origin(o.clusterId(), o.member(), new Incarnation(8, 8), o.boot(), 0))));
    Boot older = new Boot(o.boot().counter() - 1, 1);
    assertFalse(
        inbox.accept(from(good, new Origin(o.clusterId(), o.member(), o.incarnation(), older, 0))));
    assertFalse(inbox.accept(new PeerEnvelope(o, new Boot(99, 99), good.number(), good.message())));
    assertTrue(inbox.accept(good), "none of them used up its number");
  }

  @Test
  void theSendersDurableSequenceNumberIsRemembered() {
    PeerLink link = meet();
    one.durableSeq.set(50);
    link.send(SMALL);
    one.durableSeq.set(40);
    link.send(SMALL);
    PeerInbox inbox = new PeerInbox(two.directory());
    two.received(PeerLane.MEMBER).forEach(inbox::accept);
    assertEquals(50, two.directory().peer(one.id()).orElseThrow().durableSeq());
  }

  @Test
  void aNewBootBeginsItsNumbersAnew() {
    PeerInbox inbox = new PeerInbox(two.directory());
    meet().send(SMALL);
    assertTrue(inbox.accept(two.received(PeerLane.MEMBER).getFirst()));
    one.restart();
    meet().send(SMALL);
    assertTrue(inbox.accept(two.received(PeerLane.MEMBER).getFirst()));
  }

  @Test
  void theLargestCommandArrivesWholeThroughTheBulkLane() {
    RaftMessage large = proposal((11 << 20) + 100); // a form, a key in the URL, and the codec's
    meet().send(large);
    List<PeerEnvelope> pieces = two.received(PeerLane.BULK);
    assertEquals(12, pieces.size());
    for (PeerEnvelope piece : pieces) {
      assertTrue(PeerEnvelopeCodec.encode(piece).length() < 2 << 20, "fits into a large frame");
      assembler.run(piece);
    }
    assertEquals(new FromPeer(one.id(), large), delivered.receiveMessage());
  }

  @Test
  void piecesMayComeInAnyOrderMixedAndTwice() {
    PeerLink link = meet();
    RaftMessage first = proposal(3 << 20);
    RaftMessage second = proposal(4 << 20);
    link.send(first);
    link.send(second);
    var pieces = new ArrayList<>(two.received(PeerLane.BULK));
    pieces.addAll(List.copyOf(pieces));
    Collections.shuffle(pieces, new Random(5));
    pieces.forEach(assembler::run);
    assertEquals(
        Set.of(first, second),
        Set.of(delivered.receiveMessage().message(), delivered.receiveMessage().message()));
    assertFalse(delivered.hasMessages());
  }

  @Test
  void piecesOfAnEarlierBootAreNotJoinedWithThoseOfALater() {
    meet().send(proposal(2 << 20));
    assembler.run(two.received(PeerLane.BULK).getFirst());
    one.restart();
    meet().send(proposal(2 << 20));
    List<PeerEnvelope> again = two.received(PeerLane.BULK);
    again.subList(1, again.size()).forEach(assembler::run);
    assertFalse(delivered.hasMessages());
    assembler.run(again.getFirst());
    assertTrue(delivered.hasMessages());
  }

  @Test
  void unfinishedMessagesGiveWayToLaterOnesWithinTheBound() {
    PieceAssembly assembly = new PieceAssembly(4 << 20, 8 << 20);
    for (long transmission = 1; transmission <= 1000; transmission++) {
      assertEquals(Optional.empty(), assembly.add(piece(transmission, 0, 2, 1 << 20)));
      assertTrue(assembly.bytes() <= 8 << 20, "holds " + assembly.bytes());
    }
    assertEquals(992, assembly.abandoned());
    assertEquals(2 << 20, assembly.add(piece(1000, 1, 2, 1 << 20)).orElseThrow().length());
  }

  @Test
  void aMessageBeyondTheLimitIsAbandoned() {
    PieceAssembly assembly = new PieceAssembly(4 << 20, 8 << 20);
    assertEquals(Optional.empty(), assembly.add(piece(1, 0, Integer.MAX_VALUE, 1)));
    assertEquals(0, assembly.bytes());
    for (int part = 0; part < 4; part++) {
      assertEquals(Optional.empty(), assembly.add(piece(2, part, 5, 1 << 20)));
    }
    assertEquals(Optional.empty(), assembly.add(piece(2, 4, 5, 1)));
    assertEquals(0, assembly.bytes());
    assertEquals(2, assembly.abandoned());
  }

  @Test
  void piecesThatMakeNoMessageAreDropped() {
    PeerLink link = meet();
    link.send(PeerLane.BULK, new Piece(1, 0, 1, Bytes.utf8("garbage")));
    two.received(PeerLane.BULK).forEach(assembler::run);
    assertFalse(delivered.hasMessages());
    assertTrue(assembler.isAlive());
  }

  private PeerLink meet() {
    return one.meet(two);
  }

  private static PeerEnvelope from(PeerEnvelope envelope, Origin origin) {
    return new PeerEnvelope(origin, envelope.receiver(), envelope.number(), envelope.message());
  }

  private static Piece piece(long transmission, int part, int parts, int length) {
    return new Piece(transmission, part, parts, Bytes.adopt(new byte[length]));
  }

  private static RaftMessage proposal(int length) {
    byte[] command = new byte[length];
    new Random(length).nextBytes(command);
    return new RaftMessage.ForwardedProposals(
        3,
        List.of(
            new RaftMessage.Proposal(new RequestId(new MemberId(1), 2, 3), Bytes.adopt(command))));
  }
}
