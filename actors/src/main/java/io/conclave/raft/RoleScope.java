package io.conclave.raft;

/** What lives as long as a role: started when the member enters it, stopped when it leaves. */
sealed interface RoleScope permits FollowerScope, CandidateScope, LeaderScope {
  /** As statistics name it. */
  MemberView.RoleName name();

  /** Stops what the scope has started. */
  void leave();
}
