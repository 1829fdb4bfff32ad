package io.conclave.raft.core;

/**
 * A follower's guess that its leader has died, because the connection to it broke: unless the
 * leader is heard again, the follower asks for votes long before its election timeout.
 *
 * <p>All survivors lose their connections at the same moment. The voters therefore ask in the order
 * of their IDs, one heartbeat interval after the other, or they would often split the vote; and
 * each is willing to vote for another an interval before the first of them asks.
 */
final class Suspicion {
  private static final int NONE = -1;

  private final MemberState member;
  private int ticks = NONE;

  Suspicion(MemberState member) {
    this.member = member;
  }

  /** The connection to the leader broke. */
  void begin() {
    if (ticks == NONE && !member.leader().isNone()) {
      ticks = 0;
    }
  }

  /** The leader lives. */
  void end() {
    ticks = NONE;
  }

  void tick() {
    if (ticks != NONE) {
      ticks++;
    }
  }

  /** The leader was given time to answer; another that asks for a vote may have it. */
  boolean isFounded() {
    return ticks >= interval();
  }

  /** It is this member's turn to ask. */
  boolean isDue() {
    return ticks > interval() * (2 + turn());
  }

  private int interval() {
    return member.options.timing().heartbeatTicks();
  }

  private int turn() {
    return (int)
        member.membership().voters().stream()
            .filter(voter -> !voter.equals(member.leader()) && voter.compareTo(member.self) < 0)
            .count();
  }
}
