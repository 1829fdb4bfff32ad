package io.conclave.testkit.linear;

import io.conclave.testkit.linear.Operation.Action;
import io.conclave.testkit.linear.Operation.Result;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Records what concurrent clients do. Safe for any thread. */
public final class History {
  private final AtomicLong clock = new AtomicLong();
  private final ConcurrentLinkedQueue<Operation> ended = new ConcurrentLinkedQueue<>();

  /** An operation whose answer is awaited; one call ends it. */
  public final class Pending {
    private final int process;
    private final String key;
    private final Action action;
    private final long invoked = clock.incrementAndGet();

    private Pending(int process, String key, Action action) {
      this.process = process;
      this.key = key;
      this.action = action;
    }

    /** Call it as soon as the answer is there. */
    public void returned(Result result) {
      long returned = result instanceof Result.Unknown ? Long.MAX_VALUE : clock.incrementAndGet();
      ended.add(new Operation(process, key, action, result, invoked, returned));
    }
  }

  /** Call it right before the request leaves. */
  public Pending invoke(int process, String key, Action action) {
    return new Pending(process, key, action);
  }

  /** All that has ended, in the order of its beginning. */
  public List<Operation> operations() {
    return ended.stream().sorted(Comparator.comparingLong(Operation::invoked)).toList();
  }

  /** The same for each register alone: linearizable together means each by itself. */
  public Map<String, List<Operation>> byKey() {
    return operations().stream()
        .collect(Collectors.groupingBy(Operation::key, TreeMap::new, Collectors.toList()));
  }
}
