package io.conclave.raft.core;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A leader that hands over (thesis §3.10): it takes nothing new, brings the target up to date and
 * tells it to campaign. If that has not worked after an election timeout it goes on leading.
 */
final class Handover {
  private final MemberState member;
  private final Replication replication;

  /** Targets that did not take over in time; the others come first until all have failed. */
  private final Set<MemberId> failed = new HashSet<>();

  private MemberId target = MemberId.NONE;
  private int ticks;
  private boolean told;

  Handover(MemberState member, Replication replication) {
    this.member = member;
    this.replication = replication;
  }

  boolean isUnderWay() {
    return !target.isNone();
  }

  /**
   * @param wanted {@link MemberId#NONE} for the most up-to-date voter; others must be voters
   */
  void begin(MemberId wanted) {
    if (isUnderWay() || wanted.equals(member.self)) {
      return;
    }
    Optional<MemberId> chosen = wanted.isNone() ? successor() : Optional.of(wanted);
    if (chosen.isPresent() && member.membership().isVoter(chosen.get())) {
      target = chosen.get();
      ticks = 0;
      told = false;
    }
  }

  private Optional<MemberId> successor() {
    Optional<MemberId> untried = replication.bestSuccessor(failed);
    if (untried.isPresent()) {
      return untried;
    }
    failed.clear();
    return replication.bestSuccessor(failed);
  }

  void tick() {
    if (isUnderWay() && ++ticks >= member.options.timing().electionTicks()) {
      failed.add(target);
      target = MemberId.NONE;
    }
  }

  /** Tells the target as soon as it has everything. */
  void flush() {
    if (!isUnderWay() || told) {
      return;
    }
    Optional<Progress> progress = replication.of(target);
    if (progress.isPresent() && progress.get().match() == member.log.lastIndex()) {
      told = true;
      tell(target);
    }
  }

  /** Tells {@code successor}, whether or not it has everything. */
  void tell(MemberId successor) {
    member.send(successor, new RaftMessage.TimeoutNow(member.term(), member.time.confirmed()));
  }
}
