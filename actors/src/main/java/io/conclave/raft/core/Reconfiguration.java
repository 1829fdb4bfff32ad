package io.conclave.raft.core;

import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.Membership.Change;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Changes of the configuration by its leader, one server at a time (thesis §4.1). The next one has
 * to wait until the one before is committed and the leader has committed an entry of its own term:
 * without the latter, two leaders could each change a different old configuration by one and have
 * majorities that don't meet (Ongaro's correction of 2015).
 */
final class Reconfiguration {
  /** How far a learner had to come when its present round began, and how long that takes. */
  private static final class CatchUp {
    long target;
    int ticks;
    boolean quick;
  }

  private final MemberState member;
  private final Replication replication;
  private final Map<MemberId, CatchUp> learners = new HashMap<>();

  Reconfiguration(MemberState member, Replication replication) {
    this.member = member;
    this.replication = replication;
  }

  /** Why {@code change} can't be made now, or empty. */
  Optional<Refusal> refusal(Change change) {
    if (!mayChange()) {
      return Optional.of(Refusal.CHANGE_IN_PROGRESS);
    }
    return member.membership().refusal(change);
  }

  /** The change before is committed, and so is something of this term. */
  private boolean mayChange() {
    long commit = member.log.commit();
    return member.configurations.inForceSince() <= commit
        && member.log.termAt(commit) == member.term();
  }

  /** Appends the change, which nothing refuses; it is in force from now on. */
  void append(RequestId id, Change change) {
    Membership next = member.membership().after(change);
    LogEntry entry = member.appendOwn(id, new Payload.Reconfigure(next, change));
    replication.follow(next, entry.index());
  }

  /**
   * Measures how learners keep up, and promotes one that runs, has published itself, and reached
   * within an election timeout what was committed when its round began (thesis §4.2.1).
   */
  void tick(int ticksPassed) {
    learners.keySet().retainAll(member.membership().learners());
    for (MemberId id : member.membership().learners()) {
      CatchUp catchUp = learners.computeIfAbsent(id, learner -> newRound(new CatchUp()));
      measure(catchUp, ticksPassed, replication.of(id).map(Progress::match).orElse(0L));
      Change promotion = new Change.Promote(id);
      boolean ready = catchUp.quick && replication.isActive(id) && member.published.contains(id);
      if (ready && refusal(promotion).isEmpty()) {
        append(RequestId.NONE, promotion);
        return;
      }
    }
  }

  private void measure(CatchUp catchUp, int ticksPassed, long match) {
    catchUp.ticks += ticksPassed;
    boolean late = catchUp.ticks > member.options.timing().electionTicks();
    if (match >= catchUp.target) {
      catchUp.quick = !late;
      newRound(catchUp);
    } else if (late) {
      catchUp.quick = false;
    }
  }

  private CatchUp newRound(CatchUp catchUp) {
    catchUp.target = member.log.commit();
    catchUp.ticks = 0;
    return catchUp;
  }
}
