package io.conclave.raft;

import io.conclave.raft.core.Effect;
import io.conclave.raft.core.Input;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.Role;
import java.util.List;

/**
 * The core and its clock. A tick that is late is stepped before anything else: otherwise a leader
 * that was paused would give an entry a stamp from before the pause, or answer for a term that
 * others have long left.
 */
final class DrivenCore {
  private final RaftCore core;
  private final MemberClock clock;

  DrivenCore(RaftCore core, MemberClock clock) {
    this.core = core;
    this.clock = clock;
  }

  void step(Input input) {
    clock.late().ifPresent(core::step);
    core.step(input);
  }

  /** The timer fired. */
  void tick() {
    clock.tick().ifPresent(core::step);
  }

  List<Effect> drain() {
    return core.drain();
  }

  /** For reading only. */
  RaftCore state() {
    return core;
  }

  boolean leads() {
    return core.role() == Role.LEADER;
  }

  /** On the scale of deadlines. */
  long nanos() {
    return clock.nanos();
  }

  ClusterNow now() {
    return clock.now(core.now(), leads());
  }
}
