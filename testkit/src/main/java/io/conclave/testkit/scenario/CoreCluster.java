package io.conclave.testkit.scenario;

import io.conclave.raft.core.Input;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.RaftMessage;
import io.conclave.raft.core.RaftOptions;
import io.conclave.raft.core.Role;
import io.conclave.raft.core.SnapshotMeta;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

/**
 * Several cores in one thread under full control: nothing happens by itself, messages wait until
 * somebody lets them through, and all that happens is written down.
 */
final class CoreCluster {
  /** More rounds than any exchange needs; beyond that two members talk for ever. */
  private static final int ROUNDS_MAX = 200;

  private static final int CAMPAIGN_TICKS_MAX = 500;

  private record Link(MemberId from, MemberId to) {}

  private record Wire(Link link, Optional<RaftMessage> message, Optional<SnapshotMeta> snapshot) {}

  private final RaftOptions options;
  private final TreeMap<MemberId, CoreMember> members = new TreeMap<>();
  private final Deque<Wire> wires = new ArrayDeque<>();
  private final Set<Link> cut = new HashSet<>();
  private List<String> trace = new ArrayList<>();

  CoreCluster(int voters, RaftOptions options) {
    this.options = options;
    List<Membership.Member> initial =
        LongStream.rangeClosed(1, voters).mapToObj(id -> voter(id, false)).toList();
    initial.forEach(each -> start(each.id(), initial));
    takeTrace();
  }

  static Membership.Member voter(long id, boolean learner) {
    MemberId member = new MemberId(id);
    return new Membership.Member(member, "", List.of("http://" + id), learner);
  }

  /** Starts a new member; without {@code initial} it joins what exists. */
  void start(MemberId id, Collection<Membership.Member> initial) {
    members.put(id, new CoreMember(id, initial, this));
    settleDisks();
  }

  RaftOptions options() {
    return options;
  }

  CoreMember member(long id) {
    return members.get(new MemberId(id));
  }

  Collection<CoreMember> all() {
    return members.values();
  }

  void send(MemberId from, MemberId to, RaftMessage message) {
    say("%s->%s %s".formatted(from, to, TraceText.of(message)));
    wires.add(new Wire(new Link(from, to), Optional.of(message), Optional.empty()));
  }

  void stream(MemberId from, MemberId to, SnapshotMeta meta) {
    say("%s->%s snapshot %s".formatted(from, to, meta.position()));
    wires.add(new Wire(new Link(from, to), Optional.empty(), Optional.of(meta)));
  }

  /** Repeated heartbeats say nothing new, so they are written down once. */
  void say(String line) {
    if (!(line.contains(" Heartbeat") && trace.contains(line))) {
      trace.add(line);
    }
  }

  /** What was written down since the last call. */
  List<String> takeTrace() {
    List<String> taken = trace;
    trace = new ArrayList<>();
    return taken;
  }

  /** From now on nothing gets through between {@code id} and anybody else. */
  void isolate(long id) {
    for (MemberId other : members.keySet()) {
      if (other.value() != id) {
        cut.add(new Link(new MemberId(id), other));
        cut.add(new Link(other, new MemberId(id)));
      }
    }
  }

  void heal() {
    cut.clear();
  }

  /** Loses all messages that are on their way. */
  void loseMessages() {
    wires.clear();
  }

  /** Lets a member's clock run until it asks for votes. */
  void campaign(long id) {
    CoreMember member = member(id);
    for (int i = 0; i < CAMPAIGN_TICKS_MAX; i++) {
      member.tick(1);
      if (member.core().role() != Role.FOLLOWER) {
        return;
      }
    }
    throw new IllegalStateException(id + " does not campaign");
  }

  /** The usual beginning: {@code id} is elected and everybody knows it; not written down. */
  void elect(long id) {
    List<String> before = takeTrace();
    electTraced(id);
    trace = before;
  }

  private void electTraced(long id) {
    for (CoreMember other : members.values()) {
      if (other.id().value() != id) {
        other.tick(options.timing().electionTicks()); // nobody protects an earlier leader
      }
    }
    loseMessages();
    campaign(id);
    stabilize();
    if (member(id).core().role() != Role.LEADER) {
      throw new IllegalStateException(id + " was not elected");
    }
  }

  void stabilize() {
    stabilize(members.keySet());
  }

  /** Lets {@code among} work and talk to each other until nothing is left to do. */
  void stabilize(Collection<MemberId> among) {
    stabilizeUntil(among, () -> false);
  }

  /** The same, but stops as soon as {@code enough}. */
  void stabilizeUntil(Collection<MemberId> among, BooleanSupplier enough) {
    for (int round = 0; round < ROUNDS_MAX; round++) {
      boolean busy = false;
      for (MemberId id : among) {
        busy |= !members.get(id).isDown() && members.get(id).drain();
      }
      for (MemberId id : among) {
        busy |= !members.get(id).isDown() && members.get(id).finishDisk();
      }
      busy |= deliver(among);
      if (!busy || enough.getAsBoolean()) {
        return;
      }
    }
    throw new IllegalStateException("they talk for ever: " + trace);
  }

  private void settleDisks() {
    members.values().forEach(CoreMember::drain);
    members.values().forEach(CoreMember::finishDisk);
  }

  private boolean deliver(Collection<MemberId> among) {
    List<Wire> ready = new ArrayList<>(wires);
    wires.clear();
    boolean any = false;
    for (Wire wire : ready) {
      if (among.contains(wire.link().from()) && among.contains(wire.link().to())) {
        any = true;
        arrive(wire);
      } else {
        wires.add(wire);
      }
    }
    return any;
  }

  private void arrive(Wire wire) {
    CoreMember receiver = members.get(wire.link().to());
    CoreMember sender = members.get(wire.link().from());
    boolean lost = cut.contains(wire.link()) || receiver == null || receiver.isDown();
    if (!lost) {
      wire.message()
          .ifPresent(message -> receiver.step(new Input.PeerMessage(wire.link().from(), message)));
      wire.snapshot().ifPresent(meta -> receiver.step(new Input.SnapshotReceived(meta)));
    }
    if (wire.snapshot().isPresent() && !sender.isDown()) {
      sender.step(new Input.SnapshotTransferEnded(wire.link().to()));
    }
  }
}
