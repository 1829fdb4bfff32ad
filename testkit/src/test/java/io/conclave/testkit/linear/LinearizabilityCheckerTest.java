package io.conclave.testkit.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.linear.LinearizabilityChecker.Verdict;
import io.conclave.testkit.linear.Operation.Action;
import io.conclave.testkit.linear.Operation.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LinearizabilityCheckerTest {
  private static final int MANY = 1_000_000;
  private static final Result DONE = new Result.Done();
  private static final Result UNKNOWN = new Result.Unknown();
  private static final Result ABSENT = new Result.Absent();
  private static final Result MISMATCH = new Result.Mismatch();

  @Test
  void nothingAtAllIsLinearizable() {
    assertLinearizable();
  }

  @Test
  void oneAfterAnother() {
    assertLinearizable(
        read(1, 2, ABSENT),
        set(3, 4, "a", DONE),
        read(5, 6, value("a")),
        cas(7, 8, "a", "b", DONE),
        cas(9, 10, "a", "c", MISMATCH),
        read(11, 12, value("b")),
        delete(13, 14, DONE),
        read(15, 16, ABSENT),
        cas(17, 18, "b", "c", ABSENT),
        delete(19, 20, ABSENT));
  }

  @Test
  void aReadMaySeeAConcurrentWriteOrNot() {
    assertLinearizable(set(1, 2, "a", DONE), set(3, 6, "b", DONE), read(4, 5, value("a")));
    assertLinearizable(set(1, 2, "a", DONE), set(3, 6, "b", DONE), read(4, 5, value("b")));
  }

  @Test
  void aStaleReadIsNot() {
    Operation stale = read(5, 6, value("a"));
    var verdict = assertNot(set(1, 2, "a", DONE), set(3, 4, "b", DONE), stale);
    assertEquals(stale, verdict.stuckAt());
    assertEquals(2, verdict.explained());
  }

  @Test
  void onceSeenAWriteStaysSeen() {
    assertNot(
        set(1, 2, "a", DONE),
        set(3, 12, "b", DONE),
        read(4, 5, value("b")),
        read(6, 7, value("a")));
  }

  @Test
  void aValueFromNowhereIsNot() {
    assertNot(read(1, 2, value("ghost")));
    assertNot(set(1, 2, "a", new Result.Failed()), read(3, 4, value("a")));
  }

  @Test
  void aLostWriteIsNot() {
    assertNot(set(1, 2, "a", DONE), read(3, 4, ABSENT));
  }

  @Test
  void twoComparisonsCannotBothWin() {
    assertNot(set(1, 2, "a", DONE), cas(3, 6, "a", "b", DONE), cas(4, 5, "a", "c", DONE));
    assertLinearizable(
        set(1, 2, "a", DONE), cas(3, 6, "a", "b", DONE), cas(4, 5, "a", "c", MISMATCH));
  }

  @Test
  void aMismatchNeedsAnotherValueToHaveBeenThere() {
    assertNot(set(1, 2, "a", DONE), cas(3, 4, "a", "b", MISMATCH));
    assertNot(cas(1, 2, "a", "b", MISMATCH));
    assertNot(set(1, 2, "x", DONE), cas(3, 4, "a", "b", ABSENT));
  }

  @Test
  void twoDeletesOfOneKeyCannotBothSucceed() {
    assertNot(set(1, 2, "a", DONE), delete(3, 6, DONE), delete(4, 5, DONE));
    assertLinearizable(set(1, 2, "a", DONE), delete(3, 6, DONE), delete(4, 5, ABSENT));
  }

  @Test
  void anUnknownWriteMayHappenLateOrNever() {
    Operation unknown = set(3, Long.MAX_VALUE, "b", UNKNOWN);
    assertLinearizable(set(1, 2, "a", DONE), unknown, read(4, 5, value("a")));
    assertLinearizable(
        set(1, 2, "a", DONE), unknown, read(4, 5, value("a")), read(6, 7, value("b")));
  }

  @Test
  void anUnknownWriteHappensOnceOnly() {
    assertNot(
        set(1, 2, "a", DONE),
        set(3, Long.MAX_VALUE, "b", UNKNOWN),
        read(4, 5, value("b")),
        set(6, 7, "c", DONE),
        read(8, 9, value("b")));
  }

  @Test
  void anUnknownWriteNeverHappensBeforeItBegan() {
    assertNot(set(1, 2, "a", DONE), read(3, 4, value("b")), set(5, Long.MAX_VALUE, "b", UNKNOWN));
  }

  @Test
  void unknownComparisonsAndDeletesExplainWhatFollows() {
    assertLinearizable(
        set(1, 2, "a", DONE), cas(3, Long.MAX_VALUE, "a", "b", UNKNOWN), read(4, 5, value("b")));
    assertLinearizable(
        set(1, 2, "a", DONE), delete(3, Long.MAX_VALUE, UNKNOWN), read(4, 5, ABSENT));
    assertNot(
        set(1, 2, "a", DONE), cas(3, Long.MAX_VALUE, "x", "b", UNKNOWN), read(4, 5, value("b")));
  }

  @Test
  void anUnknownReadSaysNothing() {
    assertLinearizable(set(1, 2, "a", DONE), read(3, Long.MAX_VALUE, UNKNOWN));
  }

  @Test
  void tooHardAHistoryIsGivenUpAndSaysSo() {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      operations.add(set(1 + i, 100 + i, "v" + i, DONE));
    }
    operations.add(read(200, 201, value("ghost")));
    assertInstanceOf(Verdict.GaveUp.class, LinearizabilityChecker.check(operations, 10_000));
  }

  @Test
  void whatARegisterReallyDidIsLinearizable() {
    for (int seed = 0; seed < 300; seed++) {
      List<Operation> operations = record(new Random(seed), 60, 5, 5);
      assertEquals(
          new Verdict.Linearizable(),
          LinearizabilityChecker.check(operations, MANY),
          "seed " + seed);
    }
  }

  @Test
  void aThousandOperationsOfTenClientsAreDecidedInTime() {
    for (int seed = 0; seed < 20; seed++) {
      List<Operation> operations = record(new Random(seed), 1000, 10, 50);
      assertEquals(
          new Verdict.Linearizable(),
          LinearizabilityChecker.check(operations, MANY),
          "seed " + seed);
    }
  }

  @Test
  void itAgreesWithTryingEveryOrder() {
    int linearizable = 0;
    int not = 0;
    for (int seed = 0; seed < 4000; seed++) {
      Random random = new Random(seed);
      List<Operation> operations = new ArrayList<>(record(random, 6, 3, 4 + 300 * (seed % 2)));
      int spoiled = random.nextInt(operations.size());
      operations.set(spoiled, spoil(operations.get(spoiled), random));
      boolean expected = someOrderExplains(operations);
      Verdict verdict = LinearizabilityChecker.check(operations, MANY);
      assertEquals(expected, verdict instanceof Verdict.Linearizable, "seed " + seed + operations);
      linearizable += expected ? 1 : 0;
      not += expected ? 0 : 1;
    }
    assertTrue(linearizable > 500 && not > 500, linearizable + " and " + not);
  }

  @Test
  void aHistoryKeepsWhatEachClientSaw() {
    History history = new History();
    History.Pending first = history.invoke(1, "a", new Action.Set("x"));
    History.Pending second = history.invoke(2, "a", new Action.Read());
    History.Pending other = history.invoke(3, "b", new Action.Delete());
    second.returned(value("x"));
    other.returned(UNKNOWN);
    first.returned(DONE);
    assertEquals(List.of("a", "b"), List.copyOf(history.byKey().keySet()));
    List<Operation> a = history.byKey().get("a");
    assertEquals(List.of(1, 2), a.stream().map(Operation::process).toList());
    assertTrue(a.get(1).returned() < a.get(0).returned());
    assertTrue(history.byKey().get("b").getFirst().isUnknown());
  }

  /** Clients on a register that works; some answers get lost, some operations fail before it. */
  private static List<Operation> record(Random random, int count, int clients, int lossPermille) {
    History history = new History();
    Client[] waiting = new Client[clients];
    Optional<String> state = RegisterModel.INITIAL;
    int begun = 0;
    while (begun < count || Arrays.stream(waiting).anyMatch(Objects::nonNull)) {
      int client = random.nextInt(clients);
      Client current = waiting[client];
      if (current == null && begun < count) {
        begun++;
        Action action = action(random, begun);
        waiting[client] = new Client(history.invoke(client, "k", action), action);
      } else if (current != null && current.result == null) {
        current.result = resultOf(state, current.action);
        if (random.nextInt(1000) < lossPermille) {
          current.result = random.nextBoolean() ? new Result.Failed() : UNKNOWN;
        }
        boolean happens =
            !(current.result instanceof Result.Failed)
                && (current.result != UNKNOWN || random.nextBoolean());
        if (happens) {
          state =
              RegisterModel.step(state, current.action, resultOf(state, current.action))
                  .orElseThrow();
        }
      } else if (current != null) {
        current.pending.returned(current.result);
        waiting[client] = null;
      }
    }
    return history.operations();
  }

  private static final class Client {
    private final History.Pending pending;
    private final Action action;
    private Result result;

    private Client(History.Pending pending, Action action) {
      this.pending = pending;
      this.action = action;
    }
  }

  private static Action action(Random random, int number) {
    String some = "v" + random.nextInt(3);
    return switch (random.nextInt(5)) {
      case 0, 1 -> new Action.Read();
      case 2 -> new Action.Set("v" + number % 3);
      case 3 -> new Action.CompareAndSet(some, "v" + number % 3);
      default -> new Action.Delete();
    };
  }

  private static Result resultOf(Optional<String> state, Action action) {
    return switch (action) {
      case Action.Read() -> state.<Result>map(Result.Value::new).orElse(ABSENT);
      case Action.Set _ -> DONE;
      case Action.CompareAndSet(String expected, String _) ->
          state.isEmpty() ? ABSENT : state.get().equals(expected) ? DONE : MISMATCH;
      case Action.Delete() -> state.isEmpty() ? ABSENT : DONE;
    };
  }

  private static Operation spoil(Operation operation, Random random) {
    Result result =
        switch (operation.action()) {
          case Action.Read() -> random.nextBoolean() ? ABSENT : value("v" + random.nextInt(3));
          case Action.Set _ -> operation.result();
          case Action.CompareAndSet _ -> List.of(DONE, ABSENT, MISMATCH).get(random.nextInt(3));
          case Action.Delete() -> random.nextBoolean() ? ABSENT : DONE;
        };
    long returned = operation.isUnknown() ? 1_000_000 : operation.returned();
    return new Operation(
        operation.process(), "k", operation.action(), result, operation.invoked(), returned);
  }

  /** The definition itself, for a handful of operations. */
  private static boolean someOrderExplains(List<Operation> operations) {
    List<Operation> real =
        operations.stream().filter(o -> !(o.result() instanceof Result.Failed)).toList();
    return explains(real, RegisterModel.INITIAL);
  }

  private static boolean explains(List<Operation> left, Optional<String> state) {
    if (left.stream().allMatch(Operation::isUnknown)) {
      return true;
    }
    long firstReturn = left.stream().mapToLong(Operation::returned).min().orElseThrow();
    for (Operation next : left) {
      if (next.invoked() < firstReturn) {
        List<Operation> rest = new ArrayList<>(left);
        rest.remove(next);
        Optional<Optional<String>> after = RegisterModel.step(state, next.action(), next.result());
        if (after.isPresent() && explains(rest, after.get())) {
          return true;
        }
      }
    }
    return false;
  }

  private static void assertLinearizable(Operation... operations) {
    assertEquals(
        new Verdict.Linearizable(), LinearizabilityChecker.check(List.of(operations), MANY));
  }

  private static Verdict.NotLinearizable assertNot(Operation... operations) {
    return assertInstanceOf(
        Verdict.NotLinearizable.class, LinearizabilityChecker.check(List.of(operations), MANY));
  }

  private static Operation read(long from, long to, Result result) {
    return new Operation(1, "k", new Action.Read(), result, from, to);
  }

  private static Operation set(long from, long to, String value, Result result) {
    return new Operation(1, "k", new Action.Set(value), result, from, to);
  }

  private static Operation cas(long from, long to, String expected, String value, Result result) {
    return new Operation(1, "k", new Action.CompareAndSet(expected, value), result, from, to);
  }

  private static Operation delete(long from, long to, Result result) {
    return new Operation(1, "k", new Action.Delete(), result, from, to);
  }

  private static Result value(String value) {
    return new Result.Value(value);
  }
}
