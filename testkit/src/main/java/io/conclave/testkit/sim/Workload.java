package io.conclave.testkit.sim;

import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.ProposalTracker.Failure;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Clients of all members: they write commands that exist only once, read, and change the
 * configuration. A result is ok, refused or unknown, and is held to that.
 */
final class Workload {
  private static final String PUBLISH = "publish ";
  private static final int VOTERS_MIN = 3;
  private static final int MEMBERS_MAX = 7;

  private final SimCluster cluster;
  private final RandomGenerator random;
  private final Set<Bytes> acknowledged = new HashSet<>();
  private long nextCommand = 1;
  private long nextMember = 100;
  boolean changesMembership;
  int unknown;

  Workload(SimCluster cluster, RandomGenerator random) {
    this.cluster = cluster;
    this.random = random;
  }

  /** The member that this command makes known, if it is such a command. */
  static Optional<MemberId> published(Bytes command) {
    String text = command.utf8();
    return text.startsWith(PUBLISH)
        ? Optional.of(MemberId.parse(text.split(" ")[1]))
        : Optional.empty();
  }

  /** One request of somebody. */
  void request() {
    List<SimMember> up = cluster.up();
    if (up.isEmpty()) {
      return;
    }
    SimMember member = up.get(random.nextInt(up.size()));
    long deadline = cluster.clock.nowMicros() + 500_000 + random.nextLong(3_000_000);
    int kind = random.nextInt(100);
    if (kind < 70) {
      write(member, deadline);
    } else if (kind < 98 || !changesMembership) {
      member.read(deadline);
    } else {
      change(member, deadline);
    }
  }

  /** Proposes a command and returns it. */
  Bytes write(SimMember member, long deadlineMicros) {
    Bytes command = Bytes.utf8("command " + nextCommand++);
    if (!member.propose(command, deadlineMicros)) {
      cluster.checker.refuses(command);
    }
    return command;
  }

  void publish(SimMember member) {
    Bytes command = Bytes.utf8(PUBLISH + member.id + " " + nextCommand++);
    member.propose(command, cluster.clock.nowMicros() + 5_000_000);
  }

  private void change(SimMember by, long deadlineMicros) {
    Membership membership = by.core().membership();
    List<MemberId> ids = List.copyOf(membership.members().keySet());
    boolean grow = ids.size() <= VOTERS_MIN || ids.size() < MEMBERS_MAX && random.nextBoolean();
    if (grow) {
      MemberId id = new MemberId(nextMember++);
      by.change(new Change.Add(SimCluster.member(id, true)), deadlineMicros);
      return;
    }
    MemberId gone = ids.get(random.nextInt(ids.size()));
    if (membership.voters().size() > VOTERS_MIN || membership.isLearner(gone)) {
      by.change(new Change.Remove(gone), deadlineMicros);
    }
  }

  void acknowledged(Bytes command) {
    acknowledged.add(command);
  }

  boolean isAcknowledged(Bytes command) {
    return acknowledged.contains(command);
  }

  int acknowledgedCount() {
    return acknowledged.size();
  }

  void failed(Bytes command, Failure failure) {
    switch (failure) {
      case Failure.Unknown ignored -> unknown++;
      case Failure.NotTaken ignored -> refused(command);
      case Failure.Refused ignored -> refused(command);
    }
  }

  private void refused(Bytes command) {
    if (!command.isEmpty()) {
      cluster.checker.refuses(command);
    }
  }
}
