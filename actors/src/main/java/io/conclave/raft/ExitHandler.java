package io.conclave.raft;

/**
 * Ends the process; given by whoever owns it. Called from any thread, at most a few times; may
 * return while the process is still ending, so callers do nothing else afterwards.
 */
@FunctionalInterface
public interface ExitHandler {
  /**
   * @param reason one sentence for people: what happened and what to do
   */
  void exit(ExitCode code, String reason);
}
