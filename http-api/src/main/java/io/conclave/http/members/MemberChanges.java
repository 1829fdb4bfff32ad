package io.conclave.http.members;

import io.conclave.http.MemberAsk;
import io.conclave.http.MemberGateways;
import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.MemberCommand.ChangeReply;
import io.conclave.raft.StrictReconfiguration;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.MemberIds;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.Refusal;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Takes changes of the cluster to its leader, after the strict check if there is to be one. */
final class MemberChanges {
  private final MemberGateways gateways;
  private final MemberAsk ask;
  private final InstantSource clock;

  /**
   * @param clock whose seconds go into the ids of new members
   */
  MemberChanges(MemberGateways gateways, MemberAsk ask, InstantSource clock) {
    this.gateways = gateways;
    this.ask = ask;
    this.clock = clock;
  }

  /** What became of a change. */
  sealed interface Result {
    /** It is committed, and this member shows it. */
    record Done() implements Result {}

    /** As {@link Done}, of a new member. */
    record Added(ClusterMember member) implements Result {}

    /** It did not happen and won't, for a reason that lies in the cluster's members. */
    record Refused(Refusal why) implements Result {}

    /** It did not happen and won't: too few members could go on. */
    record NotEnough(String arithmetic) implements Result {}

    /** Not known, or not now. */
    record Failed(String cause) implements Result {}
  }

  /** The new member learns until it runs and has caught up; only then does it count for quorums. */
  CompletionStage<Result> add(List<String> peerUrls) {
    Optional<String> problem = strictly(StrictReconfiguration.problemOfAdding(members()));
    if (problem.isPresent()) {
      return now(new Result.NotEnough(problem.get()));
    }
    MemberId id = MemberIds.ofAdded(peerUrls, clock.millis() / 1000);
    ClusterMember added = new ClusterMember(id, "", peerUrls, List.of());
    return change(
        new Change.Add(new Membership.Member(id, "", peerUrls, true)), new Result.Added(added));
  }

  CompletionStage<Result> update(MemberId id, List<String> peerUrls) {
    return change(new Change.UpdatePeerUrls(id, peerUrls), new Result.Done());
  }

  CompletionStage<Result> remove(MemberId id) {
    Optional<String> problem = strictly(StrictReconfiguration.problemOfRemoving(members(), id));
    return problem.isPresent()
        ? now(new Result.NotEnough(problem.get()))
        : change(new Change.Remove(id), new Result.Done());
  }

  private Optional<String> strictly(Optional<String> problem) {
    return gateways.strictReconfigCheck() ? problem : Optional.empty();
  }

  private CompletionStage<Result> change(Change change, Result done) {
    return ask.<ChangeReply>ask(
            (deadlineNanos, replyTo) ->
                gateways.member().changeMembership(change, deadlineNanos, replyTo),
            ChangeReply.Failed::new)
        .thenApply(
            reply ->
                switch (reply) {
                  case ChangeReply.Applied applied -> done;
                  case ChangeReply.Refused(Refusal why) -> refused(why, change.id());
                  case ChangeReply.Failed(String cause) -> new Result.Failed(cause);
                });
  }

  private Result refused(Refusal why, MemberId id) {
    Membership membership = gateways.published().tree().get().membership();
    return StrictReconfiguration.explain(why, membership, id)
        .<Result>map(Result.NotEnough::new)
        .orElseGet(() -> new Result.Refused(why));
  }

  private List<ClusterMember> members() {
    return gateways.published().tree().get().members();
  }

  private static CompletionStage<Result> now(Result result) {
    return CompletableFuture.completedFuture(result);
  }
}
