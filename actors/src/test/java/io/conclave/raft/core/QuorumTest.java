package io.conclave.raft.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.raft.core.Quorum.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class QuorumTest {
  private static Membership voters(int count) {
    List<Membership.Member> members = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      members.add(new Membership.Member(new MemberId(i), "", List.of("http://" + i), false));
    }
    members.add(new Membership.Member(new MemberId(99), "", List.of("http://99"), true));
    return Membership.of(members);
  }

  private static long reached(long... matches) {
    List<MemberId> ids = LongStream.range(0, matches.length).mapToObj(MemberId::new).toList();
    return Quorum.reachedByMajority(ids, id -> matches[(int) id.value()]);
  }

  @Test
  void majorityHasReachedTheMiddleOrTheLowerOfTwoMiddles() {
    assertEquals(7, reached(7));
    assertEquals(3, reached(3, 9));
    assertEquals(5, reached(5, 1, 9));
    assertEquals(2, reached(9, 2, 1, 7));
    assertEquals(0, reached());
  }

  @Test
  void majorityAgreesWithCounting() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 2000; round++) {
      long[] matches = random.longs(1 + random.nextInt(7), 0, 10).toArray();
      long result = reached(matches);
      assertEquals(
          true, Arrays.stream(matches).filter(m -> m >= result).count() > matches.length / 2);
      long above = Arrays.stream(matches).filter(m -> m > result).count();
      assertEquals(false, above > matches.length / 2);
    }
  }

  @Test
  void electionIsWonByAMajorityOfVotersOnly() {
    Quorum.Tally tally = new Quorum.Tally();
    Membership membership = voters(3);
    tally.record(new MemberId(1), true);
    tally.record(new MemberId(99), true);
    tally.record(new MemberId(50), true);
    assertEquals(Result.PENDING, tally.result(membership));
    tally.record(new MemberId(3), true);
    assertEquals(Result.WON, tally.result(membership));
  }

  @Test
  void firstAnswerOfAVoterCounts() {
    Quorum.Tally tally = new Quorum.Tally();
    tally.record(new MemberId(1), true);
    tally.record(new MemberId(2), false);
    tally.record(new MemberId(2), true);
    assertEquals(Result.PENDING, tally.result(voters(3)));
    tally.record(new MemberId(3), false);
    assertEquals(Result.LOST, tally.result(voters(3)));
  }

  @Test
  void nobodyWinsWithoutVoters() {
    Quorum.Tally tally = new Quorum.Tally();
    tally.record(new MemberId(99), true);
    assertEquals(Result.LOST, tally.result(voters(0)));
  }
}
