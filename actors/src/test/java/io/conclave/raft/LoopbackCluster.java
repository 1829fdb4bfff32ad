package io.conclave.raft;

import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.peer.FreePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Members that talk through Artery over the loopback interface, each in its own actor system. */
final class LoopbackCluster implements AutoCloseable {
  private final List<LoopbackMember> members = new ArrayList<>();
  private final String overrides;

  /**
   * @param overrides of {@code reference.conf}
   */
  LoopbackCluster(int size, String overrides) {
    this.overrides = overrides;
    Map<MemberId, Integer> ownPorts = new TreeMap<>();
    Map<MemberId, FaultyPort> ports = new TreeMap<>();
    for (int i = 1; i <= size; i++) {
      MemberId id = new MemberId(i);
      ownPorts.put(id, FreePort.take());
      ports.put(id, new FaultyPort(ownPorts.get(id)));
    }
    Membership initial =
        Membership.of(
            ports.entrySet().stream()
                .map(port -> LoopbackMember.describe(port.getKey(), port.getValue(), false))
                .toList());
    ports.forEach(
        (id, port) ->
            members.add(
                new LoopbackMember(id, ownPorts.get(id), port, Optional.of(initial), overrides)));
  }

  /** Starts all and waits until each of them knows the leader and has introduced itself. */
  LoopbackCluster start() {
    members.forEach(LoopbackMember::start);
    awaitReady();
    return this;
  }

  void awaitReady() {
    up().forEach(member -> await(member.id + " is ready", () -> member.view().ready()));
  }

  /** A member that will be added; not started. */
  LoopbackMember newcomer(long id) {
    int port = FreePort.take();
    var added =
        new LoopbackMember(
            new MemberId(id), port, new FaultyPort(port), Optional.empty(), overrides);
    members.add(added);
    return added;
  }

  LoopbackMember get(int number) {
    return members.get(number - 1);
  }

  List<LoopbackMember> up() {
    return members.stream().filter(LoopbackMember::isUp).toList();
  }

  /** The one that leads, once there is one that all who are up agree on. */
  LoopbackMember leader() {
    await("a leader", () -> agreed().isPresent());
    return agreed().orElseThrow();
  }

  private Optional<LoopbackMember> agreed() {
    List<LoopbackMember> up = up();
    MemberId leader = up.getFirst().view().leader();
    long term = up.getFirst().view().term();
    boolean all =
        up.stream().allMatch(m -> m.view().leader().equals(leader) && m.view().term() == term);
    return all ? up.stream().filter(m -> m.id.equals(leader)).findFirst() : Optional.empty();
  }

  LoopbackMember follower() {
    MemberId leader = leader().id;
    return up().stream().filter(m -> !m.id.equals(leader)).findFirst().orElseThrow();
  }

  /** Every member that is up has the same tree, with this in it. */
  void awaitEverywhere(String key, String value) {
    up().forEach(
            member ->
                await(
                    member.id + " has " + key + "=" + value,
                    () -> member.value(key).equals(value)));
  }

  static void await(String what, BooleanSupplier fact) {
    long giveUp = System.nanoTime() + LoopbackMember.PATIENCE.toNanos();
    while (!fact.getAsBoolean()) {
      if (System.nanoTime() - giveUp > 0) {
        throw new AssertionError("never: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    members.forEach(LoopbackMember::close);
  }
}
