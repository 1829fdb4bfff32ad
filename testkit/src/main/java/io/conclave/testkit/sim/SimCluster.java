package io.conclave.testkit.sim;

import io.conclave.keyspace.AppliedTree;
import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.ProposalTracker.Attached;
import io.conclave.raft.peer.PeerAddress;
import io.conclave.testkit.linear.History;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** All hosts, and what is between them: time, network, clients, and the eye on all of it. */
final class SimCluster {
  static final long ID = 0xc0de;
  private static final long CHANGE_ON_ITS_WAY_MICROS = 100_000;
  private static final int TRACE_LINES_MAX = 500;

  /** Kept as it is, because nearly no run needs its text. */
  private record Happened(long atMicros, String where, Object event) {
    @Override
    public String toString() {
      return "%10.3f %s %s".formatted(atMicros / 1000.0, where, event);
    }
  }

  final RunPlan plan;
  final SplittableRandom random;
  final SimClock clock = new SimClock();
  final Tally tally = new Tally();
  final SimNetwork network;
  final SafetyChecker checker = new SafetyChecker();
  final PromiseChecker promises = new PromiseChecker();
  final History history = new History();
  final Mishaps mishaps;
  final Ambush ambush;
  private final Map<MemberId, SimHost> homes = new TreeMap<>();
  private final List<SimHost> others = new ArrayList<>();
  private final KeySpace emptyTree;
  private final Deque<Happened> trace = new ArrayDeque<>();
  private final Membership founders;
  private Membership applied;
  private long appliedMembershipIndex;
  private long changesOpenUntilMicros;

  SimCluster(RunPlan plan, SplittableRandom random) {
    this.plan = plan;
    this.random = random;
    this.network = new SimNetwork(clock, random.split(), tally);
    this.mishaps = new Mishaps(this, random.split());
    this.ambush = new Ambush(this, mishaps, random.split());
    this.emptyTree = KeySpace.initial(plan.historyMax());
    List<Membership.Member> initial = new ArrayList<>();
    for (int i = 1; i <= plan.voters(); i++) {
      initial.add(member(new MemberId(i), false));
    }
    this.founders = Membership.of(initial);
    this.applied = founders;
    for (Membership.Member each : initial) {
      SimHost host = home(each);
      host.found(founders);
      host.start();
    }
  }

  static Membership.Member member(MemberId id, boolean learner) {
    return new Membership.Member(id, "", List.of("http://m" + id + ":2380"), learner);
  }

  private SimHost home(Membership.Member member) {
    String address = PeerAddress.ofUrl(member.peerUrls().getFirst()).orElseThrow();
    SimDisk disk = SimDisk.empty(random, tally);
    SimHost host = new SimHost(this, member.id(), address, applied, disk);
    homes.put(member.id(), host);
    return host;
  }

  /** Another process that claims to be {@code id}. */
  SimHost impostor(MemberId id, SimDisk disk) {
    String address = "copy" + others.size() + "-of-m" + id + ":2380";
    SimHost host = new SimHost(this, id, address, applied, disk);
    others.add(host);
    return host;
  }

  KeySpace emptyTree() {
    return emptyTree;
  }

  /** The first configuration. */
  Membership founders() {
    return founders;
  }

  /** Where the members live, by id. */
  List<SimHost> homes() {
    return List.copyOf(homes.values());
  }

  SimHost home(MemberId id) {
    return homes.get(id);
  }

  /** Hosts with a process, impostors too. */
  List<SimHost> up() {
    List<SimHost> up = new ArrayList<>(homes.values());
    up.addAll(others);
    up.removeIf(host -> !host.isUp());
    return up;
  }

  /** Addresses of processes that run on a data dir that is not what it was. */
  List<String> unrefused() {
    return up().stream().filter(host -> !host.isSound()).map(SimHost::address).toList();
  }

  /** The configuration that was applied last, by anybody. */
  Membership applied() {
    return applied;
  }

  /** Somebody was asked for a change of the configuration, and tries until the deadline. */
  void changeAsked(long deadlineMicros) {
    changesOpenUntilMicros = Math.max(changesOpenUntilMicros, deadlineMicros);
  }

  /** A change may be under way: asked for, or in a log without being applied. */
  boolean isChangeOpen() {
    return clock.nowMicros() < changesOpenUntilMicros + CHANGE_ON_ITS_WAY_MICROS
        || homes.values().stream()
            .filter(SimHost::isUp)
            .map(host -> host.member().core().membership())
            .anyMatch(inForce -> !inForce.members().equals(applied.members()));
  }

  /** A batch reaches the tree of {@code host}. */
  void applied(SimHost host, AppliedTree tree, List<Attached<Request>> batch) {
    List<LogEntry> entries = batch.stream().map(Attached::entry).toList();
    AppliedTree.Applied result = tree.apply(entries);
    result.events().stream()
        .filter(event -> event.event().action() == KeyEvent.Action.EXPIRE)
        .forEach(event -> tally.count(Happening.KEY_EXPIRED));
    for (int i = 0; i < entries.size(); i++) {
      LogEntry entry = entries.get(i);
      var outcome = result.outcomes().get(i);
      checker.applies(host.id, entry, outcome);
      batch.get(i).reply().ifPresent(request -> request.applied(entry, outcome));
      if (entry.payload() instanceof Payload.Reconfigure reconfigure) {
        follow(host, entry, reconfigure);
      }
    }
  }

  private void follow(SimHost host, LogEntry entry, Payload.Reconfigure reconfigure) {
    if (entry.index() > appliedMembershipIndex) {
      appliedMembershipIndex = entry.index();
      applied = reconfigure.membership();
      changed(entry, reconfigure.change());
    }
    if (reconfigure.change() instanceof Change.Remove(MemberId gone) && gone.equals(host.id)) {
      clock.after(random.nextLong(2000), host::removed);
    }
  }

  /** Applied for the first time. */
  private void changed(LogEntry entry, Change change) {
    switch (change) {
      case Change.Add(Membership.Member added) -> {
        tally.count(Happening.MEMBER_ADDED);
        SimHost host = home(added);
        clock.after(random.nextLong(300_000), host::start);
      }
      case Change.Promote ignored -> tally.count(Happening.LEARNER_PROMOTED);
      case Change.Remove(MemberId gone) -> {
        tally.count(Happening.MEMBER_REMOVED);
        if (checker.isLeader(gone, entry.term())) {
          tally.count(Happening.LEADER_REMOVED_ITSELF);
        }
      }
      case Change.UpdatePeerUrls ignored -> tally.count(Happening.URLS_CHANGED);
    }
  }

  void trace(String where, Object event) {
    trace.add(new Happened(clock.nowMicros(), where, event));
    if (trace.size() > TRACE_LINES_MAX) {
      trace.removeFirst();
    }
  }

  /** The last things that happened, one a line. */
  String trace() {
    return trace.stream().map(Happened::toString).collect(Collectors.joining("\n"));
  }
}
