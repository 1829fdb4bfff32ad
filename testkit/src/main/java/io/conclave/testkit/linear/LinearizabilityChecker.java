package io.conclave.testkit.linear;

import io.conclave.testkit.linear.Operation.Action;
import io.conclave.testkit.linear.Operation.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether the history of one register is linearizable: whether every operation can be
 * thought to happen at one instant between its beginning and its answer, so that all results are
 * those of {@link RegisterModel}. An operation of unknown outcome may happen at any time after its
 * beginning, or never; a failed one did not happen.
 *
 * @see "Wing, Gong: Testing and Verifying Concurrent Objects (1993); Lowe: Testing for
 *     linearizability (2017), whose memory of configurations keeps this from being exponential"
 */
public final class LinearizabilityChecker {
  private final List<Operation> operations;
  private final int configurationsMax;
  private final BitSet linearized = new BitSet();
  private final Set<Configuration> seen = new HashSet<>();
  private final Deque<Step> steps = new ArrayDeque<>();
  private final Event head = new Event(null, -1, false, null);
  private Optional<String> state = RegisterModel.INITIAL;
  private int answered;
  private int most = -1;
  private Operation stuckAt;

  /** What can be said about a history. */
  public sealed interface Verdict {
    record Linearizable() implements Verdict {}

    /**
     * @param stuckAt the answer that no order of the others explains, in the attempt that came
     *     furthest
     * @param explained how many operations that attempt had put in order
     */
    record NotLinearizable(Operation stuckAt, int explained) implements Verdict {}

    /** Not decided within the bound; counts as a failure. */
    record GaveUp(int configurations) implements Verdict {}
  }

  /** A state of the search: which operations are in order, all up to {@code from} and those set. */
  private record Configuration(int from, BitSet beyond, Optional<String> state) {}

  /** An operation put in order, and the state before it. */
  private record Step(Event call, Optional<String> before) {}

  /** The beginning of an operation, or its answer; a node of a list in the order of instants. */
  private static final class Event {
    private final Operation operation;
    private final int number;
    private final boolean isCall;

    /** Of a beginning, its answer, unless that is unknown. */
    private final Event answer;

    private Event previous;
    private Event next;

    private Event(Operation operation, int number, boolean isCall, Event answer) {
      this.operation = operation;
      this.number = number;
      this.isCall = isCall;
      this.answer = answer;
    }

    private void unlink() {
      previous.next = next;
      if (next != null) {
        next.previous = previous;
      }
    }

    private void relink() {
      previous.next = this;
      if (next != null) {
        next.previous = this;
      }
    }
  }

  /**
   * @param operations of one register, in any order
   * @param configurationsMax how much to remember before giving up; one takes about 100 bytes
   */
  public static Verdict check(List<Operation> operations, int configurationsMax) {
    return new LinearizabilityChecker(operations, configurationsMax).search();
  }

  private LinearizabilityChecker(List<Operation> operations, int configurationsMax) {
    this.operations =
        operations.stream()
            .filter(LinearizabilityChecker::matters)
            .sorted(Comparator.comparingLong(Operation::invoked))
            .toList();
    this.configurationsMax = configurationsMax;
    link();
  }

  private Verdict search() {
    Event event = head.next;
    while (answered > 0) {
      if (event.isCall) {
        event = tryNext(event) ? head.next : event.next;
      } else {
        note(event);
        if (steps.isEmpty()) {
          return new Verdict.NotLinearizable(stuckAt, most);
        }
        event = undo().next;
      }
      if (seen.size() > configurationsMax) {
        return new Verdict.GaveUp(seen.size());
      }
    }
    return new Verdict.Linearizable();
  }

  /** Lets the operation happen now, unless it can't, or that leads where the search has been. */
  private boolean tryNext(Event call) {
    Operation operation = call.operation;
    Optional<Optional<String>> next =
        RegisterModel.step(state, operation.action(), operation.result());
    if (next.isEmpty()) {
      return false;
    }
    linearized.set(call.number);
    int from = linearized.nextClearBit(0);
    BitSet beyond = linearized.get(from, Math.max(from, linearized.length()));
    if (!seen.add(new Configuration(from, beyond, next.get()))) {
      linearized.clear(call.number);
      return false;
    }
    steps.push(new Step(call, state));
    state = next.get();
    call.unlink();
    if (call.answer != null) {
      call.answer.unlink();
      answered--;
    }
    return true;
  }

  /** Takes the last operation back; returns its beginning. */
  private Event undo() {
    Step last = steps.pop();
    Event call = last.call();
    state = last.before();
    linearized.clear(call.number);
    if (call.answer != null) {
      call.answer.relink();
      answered++;
    }
    call.relink();
    return call;
  }

  private void note(Event answer) {
    if (steps.size() > most) {
      most = steps.size();
      stuckAt = answer.operation;
    }
  }

  private static boolean matters(Operation operation) {
    boolean unknownRead = operation.action() instanceof Action.Read && operation.isUnknown();
    return !unknownRead && !(operation.result() instanceof Result.Failed);
  }

  private void link() {
    record At(long instant, Event event) {}
    List<At> events = new ArrayList<>();
    for (int number = 0; number < operations.size(); number++) {
      Operation operation = operations.get(number);
      Event answer = null;
      if (!operation.isUnknown()) {
        answer = new Event(operation, number, false, null);
        events.add(new At(operation.returned(), answer));
        answered++;
      }
      events.add(new At(operation.invoked(), new Event(operation, number, true, answer)));
    }
    events.sort(Comparator.comparingLong(At::instant));
    Event last = head;
    for (At at : events) {
      last.next = at.event();
      at.event().previous = last;
      last = at.event();
    }
  }
}
