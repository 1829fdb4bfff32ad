package io.conclave.raft;

import java.util.Optional;

/** What lives as long as a role: started when the member enters it, stopped when it leaves. */
sealed interface RoleScope permits FollowerScope, CandidateScope, LeaderScope {
  /** As statistics name it. */
  MemberView.RoleName name();

  /** Whoever leads sends to its followers through these. */
  default Optional<Replicators> replicators() {
    return Optional.empty();
  }

  /** Stops what the scope has started. */
  void leave();
}
