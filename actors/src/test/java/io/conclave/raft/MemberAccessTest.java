package io.conclave.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.raft.core.Bytes;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

final class MemberAccessTest {
  private static final Bytes TEN_BYTES = Bytes.utf8("0123456789");
  private static final Optional<String> SENT = Optional.empty();
  private static final Optional<String> TOO_MANY = Optional.of(MemberAccess.TOO_MANY_REQUESTS);

  private final TestInbox<MemberCommand> member = TestInbox.create();
  private final TestInbox<MemberCommand.ProposalReply> proposer = TestInbox.create();
  private final TestInbox<MemberCommand.ReadReply> reader = TestInbox.create();
  private final MemberAccess access = new MemberAccess(new MemberAccess.Limits(3, 25, 2));

  @Test
  void sendsWhatIsAdmitted() {
    access.connect(member.getRef());
    assertEquals(SENT, access.propose(TEN_BYTES, 7, proposer.getRef()));
    member.expectMessage(new MemberCommand.Propose(TEN_BYTES, 7, proposer.getRef()));
    assertEquals(SENT, access.readIndex(8, reader.getRef()));
    member.expectMessage(new MemberCommand.ReadIndex(8, reader.getRef()));
  }

  @Test
  void refusesProposalsAboveTheCountBeforeSending() {
    MemberAccess.Session session = access.connect(member.getRef());
    for (int i = 0; i < 3; i++) {
      assertEquals(SENT, access.propose(Bytes.EMPTY, 0, proposer.getRef()));
    }
    member.getAllReceived();
    assertEquals(TOO_MANY, access.propose(Bytes.EMPTY, 0, proposer.getRef()));
    assertFalse(member.hasMessages());
    assertEquals(3, access.proposals());
    session.releaseProposal(0);
    assertEquals(SENT, access.propose(Bytes.EMPTY, 0, proposer.getRef()));
  }

  @Test
  void refusesProposalsAboveTheBytes() {
    MemberAccess.Session session = access.connect(member.getRef());
    assertEquals(SENT, access.propose(TEN_BYTES, 0, proposer.getRef()));
    assertEquals(SENT, access.propose(TEN_BYTES, 0, proposer.getRef()));
    assertEquals(TOO_MANY, access.propose(TEN_BYTES, 0, proposer.getRef()));
    assertEquals(20, access.proposalBytes());
    session.releaseProposal(10);
    assertEquals(SENT, access.propose(TEN_BYTES, 0, proposer.getRef()));
  }

  @Test
  void admitsOneProposalLargerThanTheLimitOnAnIdleMember() {
    access.connect(member.getRef());
    Bytes large = Bytes.utf8("x".repeat(100));
    assertEquals(SENT, access.propose(large, 0, proposer.getRef()));
    assertEquals(TOO_MANY, access.propose(large, 0, proposer.getRef()));
  }

  @Test
  void refusesReadsAboveTheirLimit() {
    MemberAccess.Session session = access.connect(member.getRef());
    assertEquals(SENT, access.readIndex(0, reader.getRef()));
    assertEquals(SENT, access.readIndex(0, reader.getRef()));
    assertEquals(TOO_MANY, access.readIndex(0, reader.getRef()));
    session.releaseRead();
    assertEquals(SENT, access.readIndex(0, reader.getRef()));
  }

  @Test
  void refusesEverythingWithoutAMember() {
    assertEquals(
        Optional.of(MemberAccess.STARTING), access.propose(TEN_BYTES, 0, proposer.getRef()));
    access.connect(member.getRef());
    access.disconnect(MemberAccess.STOPPED);
    assertEquals(Optional.of(MemberAccess.STOPPED), access.readIndex(0, reader.getRef()));
    assertFalse(member.hasMessages());
  }

  @Test
  void whatAFormerMemberOwedIsForgotten() {
    MemberAccess.Session former = access.connect(member.getRef());
    assertEquals(SENT, access.propose(TEN_BYTES, 0, proposer.getRef()));
    access.connect(member.getRef());
    assertEquals(0, access.proposals());
    former.releaseProposal(10);
    assertEquals(0, access.proposals());
    assertTrue(access.proposalBytes() == 0);
  }
}
