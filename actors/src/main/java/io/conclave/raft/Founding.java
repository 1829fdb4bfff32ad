package io.conclave.raft;

import io.conclave.raft.core.Membership;
import java.util.Optional;

/**
 * Whether this member may begin a log, and the durable note that it has one. Without the note an
 * empty journal could be a new member or one that lost everything.
 */
public interface Founding {
  /**
   * The configuration that an empty journal begins with; contains this member. Empty if the member
   * has had a journal before: an empty one is then damage.
   */
  Optional<Membership> initial();

  /**
   * The log's first entry is on disk. Called at every start before the member promises anything;
   * durable when it returns.
   */
  void formed();
}
