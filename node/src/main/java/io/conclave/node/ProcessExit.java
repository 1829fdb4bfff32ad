package io.conclave.node;

import io.conclave.raft.ExitCode;
import io.conclave.raft.ExitHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends this process with the code that tells a supervisor why. After a failed write nothing more
 * may be acknowledged, so that the process ends without stopping in order; otherwise the JVM's
 * shutdown hook stops the member.
 */
final class ProcessExit implements ExitHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessExit.class);

  @Override
  public void exit(ExitCode code, String reason) {
    LOG.atError().addKeyValue("exitCode", code.number()).log(reason);
    if (code == ExitCode.JOURNAL_FAILED) {
      Runtime.getRuntime().halt(code.number());
    }
    end(code.number());
  }

  /** The start is refused for a reason that was found only while starting. */
  void refuse(String reason) {
    LOG.error(reason);
    end(StartRefused.REFUSED);
  }

  /** On a thread of its own: {@link System#exit} waits for actors that may be its callers. */
  private static void end(int code) {
    Thread.ofPlatform().name("exit").start(() -> System.exit(code));
  }
}
