package io.conclave.testkit.sim;

import io.conclave.keyspace.CommandCodec;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.ProposalTracker.Failure;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.Role;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a member proposes of its own accord: itself, at each start, and as leader the expiry of keys
 * whose time is over. One of each at a time.
 */
final class OwnProposals {
  private static final long TIMEOUT_MICROS = 3_000_000;

  private final MemberId self;
  private final SimRequests requests;
  private boolean published;
  private boolean publishing;
  private boolean expiring;

  OwnProposals(MemberId self, SimRequests requests) {
    this.self = self;
    this.requests = requests;
  }

  void tick(KeySpace tree, RaftCore core, long nowMicros) {
    if (!published && !publishing) {
      publishing = true;
      Command publish = new Command.Publish(self, "m" + self, List.of("http://client-" + self));
      propose(
          publish,
          nowMicros,
          done -> {
            publishing = false;
            published |= done;
          });
    }
    OptionalLong next = tree.nextExpiry();
    boolean due = next.isPresent() && next.getAsLong() <= core.now().clusterTime();
    if (due && core.role() == Role.LEADER && !expiring) {
      expiring = true;
      propose(new Command.Sync(), nowMicros, done -> expiring = false);
    }
  }

  private interface Settled {
    void settled(boolean applied);
  }

  private void propose(Command command, long nowMicros, Settled settled) {
    requests.propose(
        CommandCodec.encode(command),
        new Request() {
          @Override
          public void applied(LogEntry entry, Outcome outcome) {
            settled.settled(true);
          }

          @Override
          public void failed(Failure failure) {
            settled.settled(false);
          }
        },
        nowMicros + TIMEOUT_MICROS);
  }
}
