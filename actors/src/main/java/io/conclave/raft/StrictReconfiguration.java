package io.conclave.raft;

import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Refusal;
import java.util.List;
import java.util.Optional;

/**
 * What {@code --strict-reconfig-check} asks of a change before it is proposed, by the member that
 * got the request: that of the members after the change a quorum has started. A member counts as
 * started once it has a name, whether it runs now or not (spec v2-cluster §5).
 *
 * <p>Which voters run now is known to the leader alone, who refuses what would leave too few of
 * them; {@link #explain} puts that into the same words.
 */
public final class StrictReconfiguration {
  private static final String NOT_ENOUGH =
      "re-configuration failed due to not enough started members";

  private StrictReconfiguration() {}

  /**
   * Why no member can be added to {@code members}, with the arithmetic; empty if one can. A second
   * member always can: that is how a cluster of one is restored.
   */
  public static Optional<String> problemOfAdding(List<ClusterMember> members) {
    long started = started(members);
    int after = members.size() + 1;
    if (started == 1 && after == 2) {
      return Optional.empty();
    }
    return problem("with the new one", after, started);
  }

  /**
   * Why {@code id} can't be removed from {@code members}, with the arithmetic; empty if it can. An
   * id that is none of them leaves them as they are.
   */
  public static Optional<String> problemOfRemoving(List<ClusterMember> members, MemberId id) {
    List<ClusterMember> left = members.stream().filter(member -> !member.id().equals(id)).toList();
    return problem("without " + id, left.size(), started(left));
  }

  /**
   * The arithmetic behind the refusal to remove {@code id} from {@code membership}; empty if there
   * is none behind {@code why}.
   */
  public static Optional<String> explain(Refusal why, Membership membership, MemberId id) {
    return switch (why) {
      case LAST_VOTER -> Optional.of(NOT_ENOUGH + ": without " + id + " there is no voter left");
      case QUORUM_LOST -> Optional.of(NOT_ENOUGH + ": " + unreachable(membership, id));
      case NOT_LEADER,
          TRANSFERRING,
          OVERLOADED,
          NO_SPACE,
          CHANGE_IN_PROGRESS,
          MEMBER_EXISTS,
          MEMBER_UNKNOWN,
          MEMBER_REMOVED,
          PEER_URL_EXISTS,
          TOO_MANY_MEMBERS,
          LOG_FULL ->
          Optional.empty();
    };
  }

  private static long started(List<ClusterMember> members) {
    return members.stream().filter(member -> !member.name().isEmpty()).count();
  }

  private static Optional<String> problem(String change, int members, long started) {
    int quorum = members / 2 + 1;
    return started >= quorum
        ? Optional.empty()
        : Optional.of(
            "%s: %s the cluster has %s, whose quorum is %d, and %d started"
                .formatted(NOT_ENOUGH, change, counted(members, "member"), quorum, started));
  }

  private static String unreachable(Membership membership, MemberId id) {
    long left = membership.voters().stream().filter(voter -> !voter.equals(id)).count();
    long quorum = left / 2 + 1;
    return "without %s the cluster has %s, whose quorum is %d, and fewer than %d can be reached"
        .formatted(id, counted(left, "voter"), quorum, quorum);
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
