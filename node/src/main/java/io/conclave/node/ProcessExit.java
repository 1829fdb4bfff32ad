package io.conclave.node;

import io.conclave.raft.ExitCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Ends this process with the code that tells a supervisor why. After a failed write nothing more
 * may be acknowledged, so that the process ends without stopping in order; otherwise the JVM's
 * shutdown hook stops the member.
 */
final class ProcessExit implements NodeExit {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessExit.class);

  @Override
  public void exit(ExitCode code, String reason) {
    Level level = code == ExitCode.REMOVED ? Level.INFO : Level.ERROR;
    LOG.atLevel(level).addKeyValue("exitCode", code.number()).log(reason);
    if (code == ExitCode.REMOVED) {
      LOG.info("the data-dir used by this member must be removed.");
    }
    if (code == ExitCode.JOURNAL_FAILED) {
      Runtime.getRuntime().halt(code.number());
    }
    end(code.number());
  }

  @Override
  public void refuse(String reason) {
    LOG.error(reason);
    end(StartRefused.REFUSED);
  }

  /** On a thread of its own: {@link System#exit} waits for actors that may be its callers. */
  private static void end(int code) {
    Thread.ofPlatform().name("exit").start(() -> System.exit(code));
  }
}
