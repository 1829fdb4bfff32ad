package io.conclave.keyspace.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.StoreStats.Counter;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.Membership.Member;
import io.conclave.raft.core.Stamp;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the key space keeps beside the keys: the index, the cluster, the statistics. */
final class KeySpaceTest {
  private static final MemberId ONE = new MemberId(1);
  private static final MemberId TWO = new MemberId(-2);
  private static final Member FIRST = new Member(ONE, "one", List.of("http://a:1"), false);
  private static final Member SECOND = new Member(TWO, "", List.of("http://b:1"), true);

  @Test
  void aFreshMemberStandsAtIndexThree() {
    KeySpace fresh = fresh();
    assertEquals(3, fresh.index());
    assertEquals("2.3.0", fresh.clusterVersion());
    assertEquals(1, fresh.stats().get(Counter.CREATE_SUCCESS));
    assertEquals(2, fresh.stats().get(Counter.SETS_SUCCESS));
    assertEquals(
        List.of(new ClusterMember(ONE, "one", List.of("http://a:1"), List.of("http://c:1"))),
        fresh.members());
  }

  @Test
  void anInitialMemberHasItsNameBeforeItPublishes() {
    KeySpace begun =
        KeySpace.initial(10).applyBootstrap(Membership.of(List.of(FIRST)), Stamp.ZERO).after();
    assertEquals(
        List.of(new ClusterMember(ONE, "one", List.of("http://a:1"), List.of())), begun.members());
    assertEquals("", begun.clusterVersion());
  }

  @Test
  void addingMovesTheIndexByOneAndRemovingByTwo() {
    KeySpace before = fresh();
    Change add = new Change.Add(SECOND);
    Membership both = before.membership().after(add);
    KeySpace added = before.applyReconfigure(both, add, Stamp.ZERO).after();
    assertEquals(4, added.index());
    assertEquals(List.of(ONE, TWO), added.members().stream().map(ClusterMember::id).toList());

    Change promote = new Change.Promote(TWO);
    Membership promoted = both.after(promote);
    KeySpace voting = added.applyReconfigure(promoted, promote, Stamp.ZERO).after();
    assertEquals(4, voting.index());
    assertTrue(voting.membership().isVoter(TWO));

    Change move = new Change.UpdatePeerUrls(TWO, List.of("http://c:1"));
    Membership moved = promoted.after(move);
    KeySpace elsewhere = voting.applyReconfigure(moved, move, Stamp.ZERO).after();
    assertEquals(5, elsewhere.index());

    Change remove = new Change.Remove(TWO);
    KeySpace removed = elsewhere.applyReconfigure(moved.after(remove), remove, Stamp.ZERO).after();
    assertEquals(7, removed.index());
    assertEquals(List.of(ONE), removed.members().stream().map(ClusterMember::id).toList());
  }

  @Test
  void publishingAfterRemovalChangesNothing() {
    KeySpace before = fresh();
    KeySpace.Result result =
        before.apply(new Command.Publish(TWO, "late", List.of("http://d:1")), Stamp.ZERO);
    assertEquals(new Outcome.Done(3), result.outcome());
    assertEquals(before.members(), result.after().members());
  }

  static KeySpace fresh() {
    KeySpaceBatch batch = KeySpace.initial(KeySpace.HISTORY_MAX_DEFAULT).batch();
    batch.applyBootstrap(Membership.of(List.of(FIRST)), Stamp.ZERO);
    batch.apply(new Command.Publish(ONE, "one", List.of("http://c:1")), Stamp.ZERO);
    batch.apply(new Command.SetClusterVersion("2.3.0"), Stamp.ZERO);
    return batch.seal();
  }
}
