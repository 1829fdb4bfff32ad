package io.conclave.raft.core;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A removal under the strict check: held until a quorum of the voters that would stay was heard of
 * after it had come, so that nobody counts who died shortly before. Who is silent for an election
 * timeout counts as gone.
 */
final class StrictRemoval {
  private final MemberState member;
  private final Set<MemberId> heard = new HashSet<>();
  private Optional<ChangeRequest> held = Optional.empty();
  private int ticks;

  StrictRemoval(MemberState member) {
    this.member = member;
  }

  /** Whether {@code change} takes a vote away, and is to be checked. */
  boolean concerns(Membership.Change change) {
    return member.options.strictReconfiguration()
        && change instanceof Membership.Change.Remove(MemberId id)
        && member.membership().isVoter(id);
  }

  boolean isWaiting() {
    return held.isPresent();
  }

  void hold(ChangeRequest removal) {
    held = Optional.of(removal);
    ticks = 0;
    heard.clear();
    heard.add(member.self);
  }

  void heard(MemberId from) {
    if (isWaiting()) {
      heard.add(from);
    }
  }

  /** The removal, once enough were heard of; then it is held no more. */
  Optional<ChangeRequest> takeReady() {
    return take(held.filter(this::leavesQuorum));
  }

  /** The removal, once it has waited in vain; then it is held no more. */
  Optional<ChangeRequest> takeExpired(int ticksPassed) {
    ticks += ticksPassed;
    return take(held.filter(removal -> ticks > member.options.timing().electionTicks()));
  }

  private Optional<ChangeRequest> take(Optional<ChangeRequest> taken) {
    if (taken.isPresent()) {
      held = Optional.empty();
    }
    return taken;
  }

  private boolean leavesQuorum(ChangeRequest removal) {
    Membership next = member.membership().after(removal.change());
    return next.voters().stream().filter(heard::contains).count() >= next.quorum();
  }
}
