package io.conclave.testkit.linear;

import io.conclave.testkit.linear.Operation.Action;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether the history of one register is linearizable: whether every operation can be
 * thought to happen at one instant between its beginning and its answer, so that all results are
 * those of {@link RegisterModel}. An operation of unknown outcome may happen at any time after its
 * beginning, or never; a failed one did not happen.
 *
 * <p>The search takes an operation of unknown outcome only where no answered one fits, and only
 * directly before one that would not fit without it: put anywhere else it explains nothing that its
 * absence does not explain. Of several that do the same, the earliest is taken. So a history in
 * which many answers were lost is hardly harder than another.
 *
 * @see "Wing, Gong: Testing and Verifying Concurrent Objects (1993); Lowe: Testing for
 *     linearizability (2017), whose memory of configurations keeps this from being exponential"
 */
public final class LinearizabilityChecker {
  private final List<Move> answered;
  private final List<Move> unknown;

  /** For each one of unknown outcome, the one before that does the same, or -1. */
  private final int[] same;

  private final int configurationsMax;
  private final BitSet linearized = new BitSet();
  private final BitSet happened = new BitSet();
  private final Set<Configuration> seen = new HashSet<>();
  private final Deque<Step> steps = new ArrayDeque<>();
  private final Event head = new Event(null, -1, 0, null);
  private Optional<String> state = RegisterModel.INITIAL;
  private int unexplained;
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

  /**
   * A state of the search.
   *
   * @param from all answered operations before it are in order
   * @param beyond those after it that are in order, too
   * @param happened operations of unknown outcome that are in order
   */
  private record Configuration(
      int from, BitSet beyond, BitSet happened, Optional<String> register) {}

  /** An operation put in order, and the register before it. */
  private sealed interface Step {
    Optional<String> before();

    record Answered(Event call, Optional<String> before) implements Step {}

    record Unknown(int number, Optional<String> before) implements Step {}
  }

  /**
   * @param operations of one register, in any order
   * @param configurationsMax how much to remember before giving up; one takes about 200 bytes
   */
  public static Verdict check(List<Operation> operations, int configurationsMax) {
    return new LinearizabilityChecker(operations, configurationsMax).search();
  }

  private LinearizabilityChecker(List<Operation> operations, int configurationsMax) {
    List<Move> moves = Move.of(operations);
    this.answered = moves.stream().filter(move -> !move.isUnknown()).toList();
    this.unknown = moves.stream().filter(Move::isUnknown).toList();
    this.same = new int[unknown.size()];
    this.configurationsMax = configurationsMax;
    this.unexplained = answered.size();
    findSame();
    link();
  }

  private Verdict search() {
    Event event = head.next;
    while (unexplained > 0) {
      if (event.isCall()) {
        event = tryAnswered(event) ? head.next : event.next;
      } else {
        Optional<Event> next = tryUnknown(0, event) ? Optional.of(head.next) : backtrack(event);
        if (next.isEmpty()) {
          return new Verdict.NotLinearizable(stuckAt, most);
        }
        event = next.get();
      }
      if (seen.size() > configurationsMax) {
        return new Verdict.GaveUp(seen.size());
      }
    }
    return new Verdict.Linearizable();
  }

  /** Lets the operation happen now, unless it can't, or that leads where the search has been. */
  private boolean tryAnswered(Event call) {
    Optional<Optional<String>> after = after(call.move);
    if (after.isEmpty()) {
      return false;
    }
    linearized.set(call.number);
    if (!isNew(after.get())) {
      linearized.clear(call.number);
      return false;
    }
    steps.push(new Step.Answered(call, state));
    state = after.get();
    call.unlink();
    call.answer.unlink();
    unexplained--;
    return true;
  }

  /** Lets one of the operations of unknown outcome happen now that had begun before this answer. */
  private boolean tryUnknown(int first, Event answer) {
    for (int number = happened.nextClearBit(first);
        number < unknown.size() && unknown.get(number).operation().invoked() < answer.instant;
        number = happened.nextClearBit(number + 1)) {
      if (tryUnknown(number)) {
        return true;
      }
    }
    return false;
  }

  private boolean tryUnknown(int number) {
    if (same[number] >= 0 && !happened.get(same[number])) {
      return false;
    }
    Optional<Optional<String>> after = after(unknown.get(number));
    if (after.isEmpty() || after.get().equals(state)) {
      return false;
    }
    happened.set(number);
    if (!isNew(after.get())) {
      happened.clear(number);
      return false;
    }
    steps.push(new Step.Unknown(number, state));
    state = after.get();
    return true;
  }

  /**
   * What the register holds after the operation; empty if it can't happen now, or might as well
   * without the operation of unknown outcome before it.
   */
  private Optional<Optional<String>> after(Move move) {
    Optional<Optional<String>> after = move.step(state);
    boolean idle =
        steps.peek() instanceof Step.Unknown(int _, Optional<String> before)
            && after.equals(move.step(before));
    return idle ? Optional.empty() : after;
  }

  private boolean isNew(Optional<String> register) {
    int from = linearized.nextClearBit(0);
    BitSet beyond = linearized.get(from, Math.max(from, linearized.length()));
    return seen.add(new Configuration(from, beyond, (BitSet) happened.clone(), register));
  }

  /**
   * Takes operations back until something else can be tried.
   *
   * @return where to go on; empty if everything has been tried
   */
  private Optional<Event> backtrack(Event answer) {
    note(answer);
    while (!steps.isEmpty()) {
      Step last = steps.pop();
      state = last.before();
      switch (last) {
        case Step.Answered(Event call, Optional<String> _) -> {
          linearized.clear(call.number);
          call.answer.relink();
          call.relink();
          unexplained++;
          return Optional.of(call.next);
        }
        case Step.Unknown(int number, Optional<String> _) -> {
          happened.clear(number);
          if (tryUnknown(number + 1, firstAnswer())) {
            return Optional.of(head.next);
          }
        }
      }
    }
    return Optional.empty();
  }

  private Event firstAnswer() {
    Event event = head.next;
    while (event.isCall()) {
      event = event.next;
    }
    return event;
  }

  private void note(Event answer) {
    if (steps.size() > most) {
      most = steps.size();
      stuckAt = answer.move.operation();
    }
  }

  private void findSame() {
    Map<Action, Integer> latest = new HashMap<>();
    for (int number = 0; number < unknown.size(); number++) {
      Integer before = latest.put(unknown.get(number).action(), number);
      same[number] = before == null ? -1 : before;
    }
  }

  private void link() {
    List<Event> events = new ArrayList<>();
    for (int number = 0; number < answered.size(); number++) {
      Move move = answered.get(number);
      Event answer = new Event(move, number, move.operation().returned(), null);
      events.add(answer);
      events.add(new Event(move, number, move.operation().invoked(), answer));
    }
    events.sort(Comparator.comparingLong(event -> event.instant));
    Event last = head;
    for (Event event : events) {
      last.next = event;
      event.previous = last;
      last = event;
    }
  }
}
