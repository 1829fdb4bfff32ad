package io.conclave.raft.core;

/**
 * Why a proposal, a membership change or a read was not taken. Travels between members by {@link
 * #name()}'s ordinal: append only, never renumber.
 */
public enum Refusal {
  /** This member is not the leader of the term that the proposal names. */
  NOT_LEADER,
  /** The leader is handing over and takes nothing new (thesis §3.10). */
  TRANSFERRING,
  /** Too much is waiting to be committed. */
  OVERLOADED,
  /** The disk is nearly full. */
  NO_SPACE,
  /** The previous membership change is not committed yet, or the leader is too new for one. */
  CHANGE_IN_PROGRESS,
  /** The id is, or once was, a member. */
  MEMBER_EXISTS,
  /** There is no such member. */
  MEMBER_UNKNOWN,
  /** The id was removed and can't come back. */
  MEMBER_REMOVED,
  /** Another member has one of these peer URLs. */
  PEER_URL_EXISTS,
  /** The only voter stays (divergence 26). */
  LAST_VOTER,
  /** Fewer reachable voters than a quorum would be left. */
  QUORUM_LOST,
  /** There are as many members as a cluster may have. */
  TOO_MANY_MEMBERS,
  /** The log has no room in memory until a snapshot is saved; only told by a member to itself. */
  LOG_FULL
}
