package io.conclave.raft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.peer.PeerIdentity.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Architecture §8.7: who is believed, who is refused, and in which words. */
final class PeerIdentityTest {
  private static final long CLUSTER = 0xcafe;
  private static final MemberId ME = new MemberId(1);
  private static final MemberId PEER = new MemberId(2);
  private static final Incarnation MINE = new Incarnation(1, 1);
  private static final Incarnation THEIRS = new Incarnation(2, 2);
  private static final long FIRST_ENTRY = 77;

  private final PeerIdentity identity =
      new PeerIdentity(
          new PeerIdentity.Self(CLUSTER, ME, MINE, new Boot(5, 55)), FIRST_ENTRY, Pins.NONE);

  @Test
  void aStrangerIsPinnedOnFirstContact() {
    assertEquals(new Verdict.Accepted(true), greet(boot(1), 10, 20));
    Pins.Pin pin = identity.pins().of(PEER).orElseThrow();
    assertEquals(THEIRS, pin.incarnation());
    assertEquals(boot(1), pin.boot());
  }

  @Test
  void theSameBootMayGreetAgainAndIsNoNews() {
    greet(boot(1), 10, 20);
    identity.durable(PEER, boot(1), 500);
    identity.committed(PEER, boot(1), 600);
    assertEquals(new Verdict.Accepted(false), greet(boot(1), 10, 20));
  }

  @Test
  void aRestartWithEverythingThereIsNews() {
    greet(boot(1), 10, 20);
    identity.durable(PEER, boot(1), 500);
    identity.committed(PEER, boot(1), 600);
    assertEquals(new Verdict.Accepted(true), greet(boot(2), 500, 600));
  }

  @Test
  void aTruncatedTailAboveTheCommitIsNotALoss() {
    greet(boot(1), 10, 900);
    identity.durable(PEER, boot(1), 500);
    identity.committed(PEER, boot(1), 600);
    assertEquals(new Verdict.Accepted(true), greet(boot(2), 501, 600));
  }

  @Test
  void anotherClusterIsRefusedWithBothIds() {
    Origin stranger = new Origin(0xbeef, PEER, THEIRS, boot(1), 0);
    assertEquals(
        new Verdict.Refused(
            IdentityRefusal.OTHER_CLUSTER,
            "cluster ID mismatch: want 000000000000cafe, got 000000000000beef"),
        identity.greeted(stranger, introduction(0, 0), Set.of()));
    assertEquals(Optional.empty(), identity.pins().of(PEER));
  }

  @Test
  void anotherFirstEntryIsRefused() {
    Introduction other = new Introduction(0, 0, FIRST_ENTRY + 1, "b:2");
    assertRefused(
        IdentityRefusal.OTHER_FIRST_ENTRY,
        "member 2 began with another --initial-cluster: the names or URLs differ",
        identity.greeted(origin(THEIRS, boot(1)), other, Set.of()));
  }

  @Test
  void aJoinerWithoutAFirstEntryIsWelcome() {
    Introduction joiner = new Introduction(0, 0, 0, "b:2");
    assertEquals(
        new Verdict.Accepted(true), identity.greeted(origin(THEIRS, boot(1)), joiner, Set.of()));
  }

  @Test
  void aJoinerThatLearnedTheFirstEntryRefusesOthers() {
    PeerIdentity joiner =
        new PeerIdentity(new PeerIdentity.Self(CLUSTER, ME, MINE, new Boot(1, 1)), 0, Pins.NONE);
    Introduction other = new Introduction(0, 0, 5, "b:2");
    assertInstanceOf(
        Verdict.Accepted.class, joiner.greeted(origin(THEIRS, boot(1)), other, Set.of()));
    joiner.joined(FIRST_ENTRY);
    assertInstanceOf(
        Verdict.Refused.class, joiner.greeted(origin(THEIRS, boot(1)), other, Set.of()));
  }

  @Test
  void aRemovedMemberIsToldSoBeforeAnythingElse() {
    greet(boot(3), 10, 20);
    assertRefused(
        IdentityRefusal.REMOVED,
        "the member 2 has been permanently removed from the cluster",
        identity.greeted(origin(new Incarnation(9, 9), boot(1)), introduction(0, 0), Set.of(PEER)));
    assertTrue(IdentityRefusal.REMOVED.endsProcess());
  }

  @Test
  void aWipedOrSwappedDataDirIsRefused() {
    greet(boot(1), 10, 20);
    assertRefused(
        IdentityRefusal.OTHER_DATA_DIR,
        "member 2 has another data dir than before (00000000000000090000000000000009, was"
            + " 00000000000000020000000000000002): remove the member and add it again",
        identity.greeted(origin(new Incarnation(9, 9), boot(1)), introduction(10, 20), Set.of()));
  }

  @Test
  void anOldCopyIsRefused() {
    greet(boot(7), 10, 20);
    assertRefused(
        IdentityRefusal.OLD_COPY,
        "the data dir of member 2 is an old copy (start 6, but 7 was seen): remove the member and"
            + " add it again",
        greet(boot(6), 10, 20));
  }

  @Test
  void aCloneBesideTheOriginalIsRefused() {
    greet(boot(7), 10, 20);
    assertRefused(
        IdentityRefusal.CLONE,
        "another process runs on a copy of the data dir of member 2: remove the member and add it"
            + " again",
        greet(new Boot(7, 1234), 10, 20));
  }

  @Test
  void aJournalThatIsShorterThanKnownIsRefused() {
    greet(boot(1), 10, 20);
    identity.durable(PEER, boot(1), 500);
    assertRefused(
        IdentityRefusal.LOST_WRITES,
        "the data dir of member 2 lost acknowledged writes (journal at 499, was 500; log at 20, was"
            + " 0): remove the member and add it again",
        greet(boot(2), 499, 20));
  }

  @Test
  void aLogThatIsShorterThanWhatWasCommittedThereIsRefused() {
    greet(boot(1), 10, 20);
    identity.committed(PEER, boot(1), 600);
    assertRefused(
        IdentityRefusal.LOST_WRITES,
        "the data dir of member 2 lost acknowledged writes (journal at 500, was 10; log at 599, was"
            + " 600): remove the member and add it again",
        greet(boot(2), 500, 599));
  }

  @Test
  void aLossIsRefusedAgainAndAgain() {
    greet(boot(1), 10, 20);
    identity.durable(PEER, boot(1), 500);
    assertInstanceOf(Verdict.Refused.class, greet(boot(2), 499, 20));
    assertInstanceOf(Verdict.Refused.class, greet(boot(3), 499, 20));
    assertEquals(boot(1), identity.pins().of(PEER).orElseThrow().boot());
  }

  @Test
  void hearsayPinsAMemberNeverMet() {
    assertTrue(identity.heard(witness(boot(4), 500, 600)));
    assertInstanceOf(Verdict.Refused.class, greet(boot(3), 900, 900));
    assertInstanceOf(Verdict.Refused.class, greet(boot(5), 499, 900));
    assertEquals(new Verdict.Accepted(true), greet(boot(5), 500, 600));
  }

  @Test
  void hearsayOfARunningBootDoesNotRefuseThatBoot() {
    greet(boot(1), 10, 20);
    identity.durable(PEER, boot(1), 500);
    assertTrue(identity.heard(witness(boot(2), 900, 950)));
    assertEquals(new Verdict.Accepted(false), greet(boot(2), 500, 600));
    assertFalse(identity.heard(witness(boot(2), 1000, 1000)));
    assertInstanceOf(Verdict.Refused.class, greet(boot(3), 999, 1000));
  }

  @Test
  void hearsayDoesNotReplaceWhatWasSeen() {
    greet(boot(3), 10, 20);
    Witness other = new Witness(PEER, new Incarnation(9, 9), boot(9), 1, 1);
    assertFalse(identity.heard(other));
    assertFalse(identity.heard(witness(boot(2), 1, 1)));
    assertEquals(boot(3), identity.pins().of(PEER).orElseThrow().boot());
  }

  @Test
  void whatAnOlderBootIsSaidToHaveHadStillCounts() {
    greet(boot(2), 10, 20);
    identity.durable(PEER, boot(1), 400);
    assertInstanceOf(Verdict.Refused.class, greet(boot(3), 399, 20));
    assertInstanceOf(Verdict.Accepted.class, greet(boot(3), 400, 20));
  }

  @Test
  void witnessesTellWhatIsKnown() {
    greet(boot(1), 10, 20);
    identity.durable(PEER, boot(1), 500);
    identity.committed(PEER, boot(1), 600);
    assertEquals(List.of(witness(boot(1), 500, 600)), identity.witnesses());
  }

  @Test
  void aReaddedMemberHasANewIdAndIsWelcome() {
    greet(boot(7), 10, 20);
    identity.removed(PEER);
    assertEquals(Optional.empty(), identity.pins().of(PEER));
    Origin again = new Origin(CLUSTER, new MemberId(3), new Incarnation(9, 9), boot(1), 0);
    assertEquals(
        new Verdict.Accepted(true), identity.greeted(again, introduction(0, 0), Set.of(PEER)));
  }

  @Test
  void oneselfIsNotAnsweredAndAnotherWithTheSameNameIsRefused() {
    assertEquals(new Verdict.Ignored(), greetAsMe(MINE, new Boot(5, 55)));
    assertEquals(new Verdict.Ignored(), greetAsMe(MINE, new Boot(6, 1)));
    assertInstanceOf(Verdict.Refused.class, greetAsMe(MINE, new Boot(5, 56)));
    assertInstanceOf(Verdict.Refused.class, greetAsMe(MINE, new Boot(4, 1)));
    assertInstanceOf(Verdict.Refused.class, greetAsMe(THEIRS, new Boot(9, 9)));
    assertEquals(Pins.NONE, identity.pins());
  }

  @Test
  void thePinsAreBounded() {
    for (int i = 0; i < Pins.MEMBERS_MAX; i++) {
      Origin origin = new Origin(CLUSTER, new MemberId(1000 + i), THEIRS, boot(1), 0);
      identity.greeted(origin, introduction(0, 0), Set.of());
    }
    Verdict.Refused refused = assertInstanceOf(Verdict.Refused.class, greet(boot(1), 1, 1));
    assertEquals(IdentityRefusal.TOO_MANY_MEMBERS, refused.why());
    assertFalse(refused.why().endsProcess());
    assertFalse(identity.heard(witness(boot(1), 1, 1)));
  }

  private Verdict greet(Boot boot, long durableSeq, long lastIndex) {
    Origin origin = new Origin(CLUSTER, PEER, THEIRS, boot, durableSeq);
    return identity.greeted(origin, introduction(durableSeq, lastIndex), Set.of());
  }

  private Verdict greetAsMe(Incarnation incarnation, Boot boot) {
    Origin origin = new Origin(CLUSTER, ME, incarnation, boot, 1);
    return identity.greeted(origin, introduction(1, 1), Set.of());
  }

  private static void assertRefused(IdentityRefusal why, String text, Verdict verdict) {
    assertEquals(new Verdict.Refused(why, text), verdict);
  }

  private static Boot boot(long counter) {
    return new Boot(counter, counter * 11);
  }

  private static Witness witness(Boot boot, long durableSeq, long knownIndex) {
    return new Witness(PEER, THEIRS, boot, durableSeq, knownIndex);
  }

  private static Origin origin(Incarnation incarnation, Boot boot) {
    return new Origin(CLUSTER, PEER, incarnation, boot, 0);
  }

  private static Introduction introduction(long durableSeq, long lastIndex) {
    return new Introduction(durableSeq, lastIndex, FIRST_ENTRY, "b:2");
  }
}
