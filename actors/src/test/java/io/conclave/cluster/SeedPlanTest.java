package io.conclave.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.MemberView;
import io.conclave.raft.core.MemberId;
import java.util.List;
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

  private static List<String> seeds(long self, long leader) {
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
    return SeedPlan.seeds(view, MEMBERS, "own.invalid:7");
  }

  @Test
  void theLeaderMayFormAClusterAndNamesItselfFirst() {
    assertEquals(List.of("own.invalid:7", "b.invalid:2", "[::1]:3"), seeds(1, 1));
  }

  @Test
  void aFollowerAsksTheLeaderFirstAndNeverFormsACluster() {
    assertEquals(List.of("a.invalid:1", "[::1]:3"), seeds(2, 1));
    assertEquals(List.of("[::1]:3", "a.invalid:1"), seeds(2, 3));
  }

  @Test
  void withoutALeaderNobodyJoins() {
    assertEquals(List.of(), seeds(1, 0));
    assertEquals(List.of(), seeds(1, 8));
  }
}
