package io.conclave.testkit.sim;

import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.RaftOptions;
import io.conclave.raft.core.SnapshotMeta;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** All members, and what is between them: time, network, clients, and the eye on all of it. */
final class SimCluster {
  private static final int TRACE_LINES_MAX = 400;

  /** Kept as it is, because nearly no run needs its text. */
  private record Happened(long atMicros, MemberId member, Object event) {
    @Override
    public String toString() {
      return "%10.3f %s %s".formatted(atMicros / 1000.0, member, event);
    }
  }

  final SimClock clock = new SimClock();
  final SplittableRandom random;
  final RaftOptions options;
  final SimNetwork network;
  final SafetyChecker checker = new SafetyChecker();
  final Workload workload;
  private final TreeMap<MemberId, SimMember> members = new TreeMap<>();
  private final Map<MemberId, Long> wallSkewMillis = new HashMap<>();
  private final Map<SnapshotMeta, SimStore> transfers = new HashMap<>();
  private final TreeMap<String, Integer> counts = new TreeMap<>();
  private final Deque<Happened> trace = new ArrayDeque<>();
  private Membership applied;
  private long appliedMembershipIndex;

  SimCluster(long seed, int voters, RaftOptions options) {
    this.random = new SplittableRandom(seed);
    this.options = options;
    this.network = new SimNetwork(clock, random.split());
    this.workload = new Workload(this, random.split());
    List<Membership.Member> initial = new ArrayList<>();
    for (int i = 1; i <= voters; i++) {
      initial.add(member(new MemberId(i), false));
    }
    this.applied = Membership.of(initial);
    for (Membership.Member each : initial) {
      SimDisk disk = new SimDisk();
      disk.bootstrap(initial);
      add(each.id(), disk);
    }
  }

  static Membership.Member member(MemberId id, boolean learner) {
    return new Membership.Member(id, "", List.of("http://" + id + ":2380"), learner);
  }

  private SimMember add(MemberId id, SimDisk disk) {
    SimMember member = new SimMember(id, disk, this);
    members.put(id, member);
    member.start(false);
    return member;
  }

  long nextSeed() {
    return random.nextLong();
  }

  List<MemberId> ids() {
    return List.copyOf(members.keySet());
  }

  List<SimMember> all() {
    return List.copyOf(members.values());
  }

  List<SimMember> up() {
    return members.values().stream().filter(SimMember::isUp).toList();
  }

  SimMember get(MemberId id) {
    return members.get(id);
  }

  /** The configuration that was applied last, by anybody. */
  Membership applied() {
    return applied;
  }

  long wallMillis(MemberId id) {
    return 1_000_000_000L + clock.nowMillis() + wallSkewMillis.getOrDefault(id, 0L);
  }

  void skewWallClock(MemberId id, long millis) {
    wallSkewMillis.put(id, millis);
  }

  /** Somebody applied a change; a new member starts once the first has. */
  void membershipApplied(long index, Payload.Reconfigure reconfigure) {
    if (index <= appliedMembershipIndex) {
      return;
    }
    appliedMembershipIndex = index;
    applied = reconfigure.membership();
    switch (reconfigure.change()) {
      case Change.Add(Membership.Member added) -> {
        count("member added");
        clock.after(random.nextLong(500_000), () -> join(added.id()));
      }
      case Change.Promote ignored -> count("learner promoted");
      case Change.Remove ignored -> count("member removed");
      case Change.UpdatePeerUrls ignored -> count("peer URLs updated");
    }
  }

  private void join(MemberId id) {
    workload.publish(add(id, new SimDisk()));
  }

  void offer(SimDisk.Snapshot snapshot) {
    transfers.put(snapshot.meta(), snapshot.store());
  }

  SimStore transferred(SnapshotMeta meta) {
    return transfers.get(meta);
  }

  void count(String event) {
    counts.merge(event, 1, Integer::sum);
  }

  /** How often each fault and rare path happened. */
  Map<String, Integer> counts() {
    return counts;
  }

  void trace(MemberId member, Object event) {
    trace.add(new Happened(clock.nowMicros(), member, event));
    if (trace.size() > TRACE_LINES_MAX) {
      trace.removeFirst();
    }
  }

  /** The last things that happened, one a line. */
  String trace() {
    return trace.stream().map(Happened::toString).collect(Collectors.joining("\n"));
  }
}
