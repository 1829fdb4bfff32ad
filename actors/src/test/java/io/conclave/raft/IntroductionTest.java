package io.conclave.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.Stamp;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class IntroductionTest {
  private static final KeySpace WITHOUT_VERSION = KeySpace.initial(10);
  private static final KeySpace WITH_VERSION =
      WITHOUT_VERSION.apply(new Command.SetClusterVersion("2.3.0"), Stamp.ZERO).after();

  private final Introduction introduction =
      new Introduction(new MemberIdentity(SingleMember.SELF, 7, "one", List.of("http://a:2379")));

  @Test
  void theLeaderPublishesItselfAndThenDecidesTheVersion() {
    assertTrue(introduction.next(WITHOUT_VERSION, true).orElseThrow() instanceof Command.Publish);
    assertEquals(Optional.empty(), introduction.next(WITHOUT_VERSION, true));
    introduction.settled(true);
    assertEquals(
        Optional.of(new Command.SetClusterVersion("2.3.0")),
        introduction.next(WITHOUT_VERSION, true));
    introduction.settled(true);
    assertEquals(Optional.empty(), introduction.next(WITH_VERSION, true));
    assertTrue(introduction.isDone());
  }

  @Test
  void aFollowerWaitsForTheVersion() {
    introduction.next(WITHOUT_VERSION, false);
    introduction.settled(true);
    assertEquals(Optional.empty(), introduction.next(WITHOUT_VERSION, false));
    assertFalse(introduction.isDone());
    assertEquals(Optional.empty(), introduction.next(WITH_VERSION, false));
    assertTrue(introduction.isDone());
  }

  @Test
  void whatFailedIsProposedAgain() {
    introduction.next(WITHOUT_VERSION, true);
    introduction.settled(false);
    assertTrue(introduction.next(WITHOUT_VERSION, true).orElseThrow() instanceof Command.Publish);
  }
}
