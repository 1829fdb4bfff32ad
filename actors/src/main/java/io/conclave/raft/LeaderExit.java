package io.conclave.raft;

import io.conclave.raft.core.Effect;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A member that is about to stop hands leadership over first, so that nobody has to wait for an
 * election timeout. Whoever asked for it is told when another member leads, or when that is not to
 * be had.
 */
final class LeaderExit {
  private record Waiting(long deadlineNanos, ActorRef<RaftSupervisor.HandoverEnded> replyTo) {
    private boolean isOver(long nowNanos) {
      return nowNanos - deadlineNanos >= 0;
    }
  }

  private final List<Waiting> waiting = new ArrayList<>();

  /** Begins, if there is something to hand over and somebody to take it. */
  void begin(RaftSupervisor.HandOver request, long nowNanos, RaftCore core, Consumer<Input> step) {
    if (core.role() != Role.LEADER || core.membership().voters().equals(List.of(core.self()))) {
      request.replyTo().tell(RaftSupervisor.HandoverEnded.NOW);
      return;
    }
    waiting.add(new Waiting(nowNanos + request.patience().toNanos(), request.replyTo()));
    step.accept(new Input.TransferLeadership(MemberId.NONE));
  }

  void roleChanged(Effect.RoleChanged change) {
    if (change.role() != Role.LEADER && !change.leader().isNone()) {
      waiting.forEach(LeaderExit::tell);
      waiting.clear();
    }
  }

  void tick(long nowNanos) {
    waiting.stream().filter(each -> each.isOver(nowNanos)).forEach(LeaderExit::tell);
    waiting.removeIf(each -> each.isOver(nowNanos));
  }

  /** The member ends. */
  void abandon() {
    waiting.forEach(LeaderExit::tell);
    waiting.clear();
  }

  private static void tell(Waiting each) {
    each.replyTo().tell(RaftSupervisor.HandoverEnded.NOW);
  }
}
