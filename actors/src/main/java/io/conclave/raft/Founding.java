package io.conclave.raft;

import io.conclave.raft.core.Membership;

/**
 * Whether this member may begin a log, and the durable note that it has one. Without the note an
 * empty journal could be a new member or one that lost everything.
 */
public interface Founding {
  /** What an empty journal means now. */
  sealed interface Beginning {
    /**
     * The cluster begins.
     *
     * @param initial the log's first configuration, the same at all its members; contains this one
     */
    record Found(Membership initial) implements Beginning {}

    /** The cluster exists and sends this member its log; until then it has no configuration. */
    record Join() implements Beginning {}

    /** The member has had a journal before: an empty one is damage. */
    record Over() implements Beginning {}
  }

  Beginning beginning();

  /**
   * The log has begun on disk. Called before the member promises anything that rests on it, also at
   * every later start; durable when it returns.
   */
  void formed();
}
