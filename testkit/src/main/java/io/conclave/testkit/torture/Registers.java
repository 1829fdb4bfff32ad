package io.conclave.testkit.torture;

import io.conclave.testkit.linear.History;
import io.conclave.testkit.linear.LinearizabilityChecker;
import io.conclave.testkit.linear.LinearizabilityChecker.Verdict;
import io.conclave.testkit.linear.Operation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keys that several clients read and write at once; each must behave as one register. A key gives
 * way to the next after {@link #OPERATIONS_EACH} operations, so that its history can be checked.
 */
final class Registers implements Workload {
  private static final int OPERATIONS_EACH = 1_000;
  private static final int CONFIGURATIONS_MAX = 500_000;
  private static final int SLOTS = 4;
  static final int CLIENTS = 3 * SLOTS;

  private final List<URI> members;
  private final Duration timeout;
  private final Pace pace;
  private final long seed;
  private final History history = new History();
  private final AtomicIntegerArray begun = new AtomicIntegerArray(SLOTS);
  private final AtomicLong acknowledged = new AtomicLong();
  private final Map<String, Long> indexes = new ConcurrentHashMap<>();
  private final Queue<String> seen = new ConcurrentLinkedQueue<>();

  Registers(List<URI> members, Duration timeout, Pace pace, long seed) {
    this.members = List.copyOf(members);
    this.timeout = timeout;
    this.pace = pace;
    this.seed = seed;
  }

  @Override
  public String name() {
    return "registers";
  }

  @Override
  public List<Runnable> clients() {
    List<Runnable> clients = new ArrayList<>();
    for (int number = 0; number < CLIENTS; number++) {
      var connections = new MemberConnections(members, timeout);
      clients.add(new RegisterClient(this, number, number % SLOTS, connections, pace, seed));
    }
    return clients;
  }

  @Override
  public long acknowledged() {
    return acknowledged.get();
  }

  @Override
  public List<String> violations() {
    List<String> violations = new ArrayList<>(seen);
    history.byKey().forEach((key, operations) -> check(key, operations, violations));
    return violations;
  }

  @Override
  public void keep(Path directory) throws IOException {
    Files.write(
        directory.resolve("registers.txt"),
        history.operations().stream().map(Operation::toString).toList());
  }

  /** The key that the next operation on this slot uses. */
  String key(int slot) {
    return "/torture/register-" + slot + "-" + begun.getAndIncrement(slot) / OPERATIONS_EACH;
  }

  History history() {
    return history;
  }

  void acknowledge() {
    acknowledged.incrementAndGet();
  }

  /** A value is written once, so all answers must agree about the index of that write. */
  void sawIndex(String value, long index) {
    Long before = indexes.putIfAbsent(value, index);
    if (before != null && before != index) {
      violate("value " + value + " is at index " + before + " and at index " + index);
    }
  }

  void violate(String what) {
    seen.add(what);
  }

  private static void check(String key, List<Operation> operations, List<String> violations) {
    switch (LinearizabilityChecker.check(operations, CONFIGURATIONS_MAX)) {
      case Verdict.Linearizable() -> {}
      case Verdict.NotLinearizable(Operation stuckAt, int explained) ->
          violations.add(
              "%s is not linearizable: after %d of %d operations nothing explains %s"
                  .formatted(key, explained, operations.size(), stuckAt));
      case Verdict.GaveUp(int configurations) ->
          violations.add("%s: not decided within %d configurations".formatted(key, configurations));
    }
  }
}
