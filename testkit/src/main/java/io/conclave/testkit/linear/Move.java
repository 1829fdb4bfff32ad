package io.conclave.testkit.linear;

import io.conclave.testkit.linear.Operation.Action;
import io.conclave.testkit.linear.Operation.Result;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An operation as the search sees it. Values that no read found and no comparison expected can't be
 * told from each other, so one stands for all of them: what could have been any of many writes
 * nobody saw is tried once.
 */
record Move(Operation operation, Action action) {

  /** Those that may have had an effect or saw one, in the order of their beginning. */
  static List<Move> of(List<Operation> operations) {
    List<Operation> real =
        operations.stream()
            .filter(Move::matters)
            .sorted(Comparator.comparingLong(Operation::invoked))
            .toList();
    Set<String> mentioned = new HashSet<>();
    real.forEach(operation -> mention(operation, mentioned));
    Optional<String> standIn =
        real.stream()
            .map(operation -> written(operation.action()))
            .flatMap(Optional::stream)
            .filter(value -> !mentioned.contains(value))
            .findFirst();
    return real.stream().map(operation -> of(operation, mentioned, standIn)).toList();
  }

  boolean isUnknown() {
    return operation.isUnknown();
  }

  /** What the register holds afterwards; empty if it can't have happened in {@code state}. */
  Optional<Optional<String>> step(Optional<String> state) {
    return RegisterModel.step(state, action, operation.result());
  }

  private static Move of(Operation operation, Set<String> mentioned, Optional<String> standIn) {
    Action action = operation.action();
    boolean isHidden = written(action).filter(value -> !mentioned.contains(value)).isPresent();
    if (!isHidden) {
      return new Move(operation, action);
    }
    String value = standIn.orElseThrow();
    return new Move(
        operation,
        switch (action) {
          case Action.Set _ -> new Action.Set(value);
          case Action.CompareAndSet(String expected, String _) ->
              new Action.CompareAndSet(expected, value);
          case Action.Read _, Action.Delete _ -> action;
        });
  }

  private static Optional<String> written(Action action) {
    return switch (action) {
      case Action.Set(String value) -> Optional.of(value);
      case Action.CompareAndSet(String _, String value) -> Optional.of(value);
      case Action.Read _, Action.Delete _ -> Optional.empty();
    };
  }

  private static void mention(Operation operation, Set<String> mentioned) {
    if (operation.result() instanceof Result.Value(String value)) {
      mentioned.add(value);
    }
    if (operation.action() instanceof Action.CompareAndSet(String expected, String _)) {
      mentioned.add(expected);
    }
  }

  private static boolean matters(Operation operation) {
    boolean unknownRead = operation.action() instanceof Action.Read && operation.isUnknown();
    return !unknownRead && !(operation.result() instanceof Result.Failed);
  }
}
