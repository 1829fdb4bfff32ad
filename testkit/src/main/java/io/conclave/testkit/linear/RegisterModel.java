package io.conclave.testkit.linear;

import io.conclave.testkit.linear.Operation.Action;
import io.conclave.testkit.linear.Operation.Result;
import java.util.Optional;

/**
 * What a register does when nothing is concurrent: a key of the v2 API that is set, compared and
 * set, read and deleted. Its state is the value, or empty if there is no such key.
 */
final class RegisterModel {
  static final Optional<String> INITIAL = Optional.empty();

  private RegisterModel() {}

  /**
   * The state after an operation that saw {@code result}; empty if it can't have, in {@code state}.
   */
  static Optional<Optional<String>> step(Optional<String> state, Action action, Result result) {
    return switch (action) {
      case Action.Read() -> allow(readSees(state, result), state);
      case Action.Set(String value) -> allow(isDone(result), Optional.of(value));
      case Action.CompareAndSet(String expected, String value) ->
          compareAndSet(state, expected, value, result);
      case Action.Delete() -> delete(state, result);
    };
  }

  private static boolean readSees(Optional<String> state, Result result) {
    return switch (result) {
      case Result.Value(String value) -> state.equals(Optional.of(value));
      case Result.Absent() -> state.isEmpty();
      case Result.Unknown() -> true;
      case Result.Done(), Result.Mismatch(), Result.Failed() -> false;
    };
  }

  private static Optional<Optional<String>> compareAndSet(
      Optional<String> state, String expected, String value, Result result) {
    boolean matches = state.equals(Optional.of(expected));
    return switch (result) {
      case Result.Done() -> allow(matches, Optional.of(value));
      case Result.Mismatch() -> allow(state.isPresent() && !matches, state);
      case Result.Absent() -> allow(state.isEmpty(), state);
      case Result.Unknown() -> Optional.of(matches ? Optional.of(value) : state);
      case Result.Value _, Result.Failed() -> Optional.empty();
    };
  }

  private static Optional<Optional<String>> delete(Optional<String> state, Result result) {
    return switch (result) {
      case Result.Done() -> allow(state.isPresent(), Optional.empty());
      case Result.Absent() -> allow(state.isEmpty(), state);
      case Result.Unknown() -> Optional.of(Optional.empty());
      case Result.Value _, Result.Mismatch(), Result.Failed() -> Optional.empty();
    };
  }

  private static boolean isDone(Result result) {
    return result instanceof Result.Done || result instanceof Result.Unknown;
  }

  private static Optional<Optional<String>> allow(boolean possible, Optional<String> next) {
    return possible ? Optional.of(next) : Optional.empty();
  }
}
