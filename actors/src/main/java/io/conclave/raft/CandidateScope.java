package io.conclave.raft;

/** Between two leaders: proposals and reads are held until there is one, or their deadline. */
record CandidateScope() implements RoleScope {
  @Override
  public MemberView.RoleName name() {
    return MemberView.RoleName.CANDIDATE;
  }

  @Override
  public void leave() {}
}
