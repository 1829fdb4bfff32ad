package io.conclave.raft.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** A member that has just founded its cluster, for tests. */
final class NewCore {
  private NewCore() {}

  static RaftCore of(MemberId self, RaftOptions options, MemberId... voters) {
    List<Membership.Member> members = new ArrayList<>();
    for (MemberId id : voters) {
      members.add(new Membership.Member(id, "", List.of("http://" + id + ":1"), false));
    }
    JournalEvent.Appended first = FirstEntry.event(members);
    return new RaftCore(
        self,
        options,
        new RecoveredState(first.hardState(), Optional.empty(), first.before(), first.entries(), 0),
        new SplittableRandom(1));
  }
}
