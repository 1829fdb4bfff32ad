package io.conclave.raft;

/** A follower, or a learner: takes what the leader sends, so nothing of its own is started. */
record FollowerScope() implements RoleScope {
  @Override
  public MemberView.RoleName name() {
    return MemberView.RoleName.FOLLOWER;
  }

  @Override
  public void leave() {}
}
