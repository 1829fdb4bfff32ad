package io.conclave.raft;

import io.conclave.raft.codec.MalformedData;
import java.util.Optional;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;

/**
 * A failure that starting again can't heal: the log holds a committed entry, which has to be
 * applied, and this program can't read it.
 */
final class UnreadableLog {
  private UnreadableLog() {}

  /** For people: what was found and what to do; empty if {@code ended} is another failure. */
  static Optional<String> reason(Terminated ended) {
    return ended instanceof ChildFailed failure && failure.cause() instanceof MalformedData what
        ? Optional.of(
            "The log can't be applied: "
                + what.getMessage()
                + ". Use the version of the program that wrote it; if this is it, restore the whole"
                + " data directory, or remove the member from its cluster and add it again with an"
                + " empty one.")
        : Optional.empty();
  }
}
