package io.conclave.raft.core;

import java.util.List;

/** What a role does with each input; messages are of the member's own term by then. */
abstract sealed class RoleRules permits Follower, Candidate, Leader {
  final MemberState member;

  RoleRules(MemberState member) {
    this.member = member;
  }

  abstract Role role();

  /** Called once the role is entered, so that it may leave it again at once. */
  void begin() {}

  abstract void tick();

  abstract void receive(MemberId from, RaftMessage message);

  /** Whether a leader, or this member as one, is alive, so that elections are refused (§6). */
  abstract boolean protectsLeader();

  /** An attempt meant for the leader of this term. */
  abstract void propose(RequestId id, Bytes command);

  /** The same for a change of the configuration. */
  abstract void change(RequestId id, Membership.Change change);

  abstract void read(long id);

  void transfer(MemberId target) {}

  void suspectLeader() {}

  /** This member gave its vote to another. */
  void voted() {}

  /** The lowest index that somebody still needs from the log. */
  long firstNeeded() {
    return Long.MAX_VALUE;
  }

  /** What a leader knows of its peers, by id. */
  List<PeerProgress> peers() {
    return List.of();
  }

  void peerUnreachable(MemberId peer) {}

  void transferEnded(MemberId peer) {}

  void diskSpaceChanged() {}

  /** The one that would make the log shorter. */
  void snapshotFailed() {}

  /** More of the log is durable here. */
  void persisted() {}

  /** The last moment to send before effects are handed out. */
  void flush() {}

  /** The role ends. */
  void leave() {}
}
