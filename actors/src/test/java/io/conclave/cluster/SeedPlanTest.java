package io.conclave.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.MemberView;
import io.conclave.raft.core.MemberId;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class SeedPlanTest {
  private static final List<ClusterMember> MEMBERS =
      List.of(
          member(1, "http://a.invalid:1", "http://a.invalid:11"),
          member(2, "http://b.invalid:2"),
          member(3, "http://[::1]:3"));

  private static ClusterMember member(long id, String... urls) {
    return new ClusterMember(new MemberId(id), "", List.of(urls), List.of());
  }

  private static List<String> seeds(
      List<ClusterMember> members, long self, long leader, Long... active) {
    MemberView view =
        new MemberView(
            new MemberId(self),
            9,
            MemberView.RoleName.FOLLOWER,
            2,
            new MemberId(leader),
            0,
            1,
            1,
            true);
    return new SeedPlan(
            view, members, Arrays.stream(active).map(MemberId::new).collect(Collectors.toSet()))
        .seeds("own.invalid:7");
  }

  @Test
  void theLeaderMayFormAClusterAndNamesItselfFirst() {
    assertEquals(
        List.of("own.invalid:7", "b.invalid:2", "[::1]:3"), seeds(MEMBERS, 1, 1, 1L, 2L, 3L));
    assertEquals(List.of("own.invalid:7"), seeds(MEMBERS.subList(0, 1), 1, 1));
  }

  @Test
  void aLeaderAsksOnlyThoseItHasHeardOf() {
    assertEquals(List.of("own.invalid:7", "[::1]:3"), seeds(MEMBERS, 1, 1, 3L));
    assertEquals(List.of(), seeds(MEMBERS, 1, 1, 1L));
  }

  @Test
  void aFollowerAsksTheLeaderAndNeverFormsACluster() {
    assertEquals(List.of("a.invalid:1"), seeds(MEMBERS, 2, 1));
    assertEquals(List.of("[::1]:3"), seeds(MEMBERS, 2, 3, 1L));
  }

  @Test
  void withoutALeaderNobodyJoins() {
    assertEquals(List.of(), seeds(MEMBERS, 1, 0, 2L));
    assertEquals(List.of(), seeds(MEMBERS, 1, 8, 2L));
  }
}
