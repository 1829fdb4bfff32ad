package io.conclave.raft;

import static io.conclave.raft.SingleMember.set;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.conclave.raft.MemberCommand.ProposalReply;
import io.conclave.raft.core.FirstEntry;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** When a member saves its tree, and what the journal is asked to keep. */
final class MemberSnapshotTest {
  private static ActorTestKit kit;

  @BeforeAll
  static void startSystem() {
    kit = ActorTestKit.create("MemberSnapshotTest", ConfigFactory.load());
  }

  @AfterAll
  static void stopSystem() {
    kit.shutdownTestKit();
  }

  @Test
  void aSnapshotIsTakenOfTheTreeAsItWasAndAppendsGoOn() {
    MemberRig rig =
        MemberRig.start(kit, "conclave.raft.snapshot { count = 8, catch-up-entries = 2 }");
    rig.confirmUntilReady();
    long index = 0;
    Journal.SaveSnapshot save = null;
    while (save == null) {
      TestProbe<ProposalReply> reply = rig.single.propose(set("/a", "v"));
      Journal.Command next = rig.journal.receiveMessage();
      if (next instanceof Journal.SaveSnapshot found) {
        save = found;
        next = rig.nextAppend();
      }
      rig.confirm((Journal.Append) next);
      index = reply.expectMessageClass(ProposalReply.Applied.class).position().index();
    }
    assertTrue(save.meta().position().index() >= 8);
    assertTrue(save.meta().position().index() <= index);
    assertEquals(save.meta().position().index() - 1, save.firstKept());
    assertEquals(FirstEntry.hash(SingleMember.NotedFounding.INITIAL), save.meta().bootstrapHash());
    long inTree = save.root().index();
    rig.single.propose(set("/b", "v"));
    rig.confirm(rig.nextAppend());
    assertEquals(inTree, save.root().index());
    save.replyTo().tell(new Journal.SnapshotSaved(save.meta().position(), 100));
    rig.single.propose(set("/c", "v"));
    rig.confirm(rig.nextAppend());
  }

  @Test
  void aFailedSnapshotIsTriedAgainLater() {
    MemberRig rig =
        MemberRig.start(kit, "conclave.raft.snapshot { count = 6, catch-up-entries = 0 }");
    rig.confirmUntilReady();
    int saves = 0;
    while (saves < 2) {
      rig.single.propose(set("/a", "v"));
      Journal.Command next = rig.journal.receiveMessage();
      if (next instanceof Journal.SaveSnapshot save) {
        saves++;
        save.replyTo().tell(new Journal.SnapshotFailed(save.meta().position(), "full"));
        next = rig.nextAppend();
      }
      rig.confirm((Journal.Append) next);
    }
  }
}
