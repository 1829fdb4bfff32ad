package io.conclave.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StrictReconfigurationTest {
  private static final String NOT_ENOUGH =
      "re-configuration failed due to not enough started members: ";

  @ParameterizedTest
  @CsvSource({
    "1, 1, true", // a second member for a cluster of one, always
    "1, 0, false",
    "2, 1, false",
    "2, 2, true",
    "3, 2, false",
    "3, 3, true",
    "4, 2, false",
    "4, 3, true", // the fourth has not started, a fifth may come
    "5, 3, false",
    "5, 4, true",
    "64, 32, false",
    "64, 33, true"
  })
  void oneMoreNeedsAQuorumOfStartedOnes(int members, int started, boolean allowed) {
    Optional<String> problem = StrictReconfiguration.problemOfAdding(cluster(members, started));
    assertEquals(allowed, problem.isEmpty(), problem::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, false", // nobody would be left
    "2, 1, 1, false", // the only one that started
    "2, 1, 2, true",
    "2, 2, 1, true",
    "3, 2, 3, true",
    "3, 2, 1, false",
    "4, 3, 1, true",
    "5, 3, 1, false",
    "5, 3, 5, true",
    "3, 3, 9, true", // an unknown one takes nobody away
    "3, 1, 9, false"
  })
  void whoIsLeftNeedsAQuorumOfStartedOnes(int members, int started, long removed, boolean allowed) {
    Optional<String> problem =
        StrictReconfiguration.problemOfRemoving(cluster(members, started), new MemberId(removed));
    assertEquals(allowed, problem.isEmpty(), problem::toString);
  }

  @Test
  void theArithmeticIsTold() {
    assertEquals(
        Optional.of(
            NOT_ENOUGH
                + "with the new one the cluster has 3 members, whose quorum is 2, and 1"
                + " started"),
        StrictReconfiguration.problemOfAdding(cluster(2, 1)));
    assertEquals(
        Optional.of(
            NOT_ENOUGH + "without a the cluster has 1 member, whose quorum is 1, and 0 started"),
        StrictReconfiguration.problemOfRemoving(
            List.of(member(10, "a"), member(11, "")), new MemberId(10)));
  }

  @Test
  void theLeadersRefusalsAreExplained() {
    Membership three = Membership.of(LongStream.of(1, 2, 3).mapToObj(this::voter).toList());
    assertEquals(
        Optional.of(
            NOT_ENOUGH
                + "without 3 the cluster has 2 voters, whose quorum is 2, and fewer than 2"
                + " can be reached"),
        StrictReconfiguration.explain(Refusal.QUORUM_LOST, three, new MemberId(3)));
    assertEquals(
        Optional.of(NOT_ENOUGH + "without 1 there is no voter left"),
        StrictReconfiguration.explain(
            Refusal.LAST_VOTER, Membership.of(List.of(voter(1))), new MemberId(1)));
    assertEquals(
        Optional.empty(),
        StrictReconfiguration.explain(Refusal.MEMBER_UNKNOWN, three, new MemberId(4)));
  }

  private Membership.Member voter(long id) {
    return new Membership.Member(new MemberId(id), "n" + id, List.of("http://h:" + id), false);
  }

  /** Ids from 1 on; the first {@code started} have names. */
  private static List<ClusterMember> cluster(int members, int started) {
    return LongStream.rangeClosed(1, members)
        .mapToObj(id -> member(id, id <= started ? "n" + id : ""))
        .toList();
  }

  private static ClusterMember member(long id, String name) {
    return new ClusterMember(new MemberId(id), name, List.of("http://h:" + id), List.of());
  }
}
