package io.conclave.raft.core;

/** What a member currently does for its cluster (§5.1; pre-candidate: thesis §9.6). */
public enum Role {
  FOLLOWER,
  /** Asks whether it could win an election, without disturbing anybody's term. */
  PRE_CANDIDATE,
  CANDIDATE,
  LEADER
}
