package io.conclave.testkit.linear;

import java.util.Objects;

/**
 * One operation on one register, as its client saw it. Instants are numbers that ascend over the
 * whole history; they only say what came before what.
 *
 * @param process the client, which does one thing at a time
 * @param invoked when it was begun
 * @param returned when its answer was there, {@link Long#MAX_VALUE} if it is unknown
 */
public record Operation(
    int process, String key, Action action, Result result, long invoked, long returned) {

  /** What was asked for. */
  public sealed interface Action {
    record Read() implements Action {}

    record Set(String value) implements Action {}

    /** Sets {@code value} if the register holds {@code expected}. */
    record CompareAndSet(String expected, String value) implements Action {}

    record Delete() implements Action {}
  }

  /** What the client learned. */
  public sealed interface Result {
    /** It was done. */
    record Done() implements Result {}

    /** A read found this. */
    record Value(String value) implements Result {}

    /** Refused for what the register held: another value (code 101), so nothing changed. */
    record Mismatch() implements Result {}

    /** There is no such key (code 100), so nothing changed. */
    record Absent() implements Result {}

    /** It was not done and never will be. */
    record Failed() implements Result {}

    /** It may be done, at any time from its beginning on, or never. */
    record Unknown() implements Result {}
  }

  public Operation {
    Objects.requireNonNull(key);
    if (returned <= invoked) {
      throw new IllegalArgumentException("returned at " + returned + ", begun at " + invoked);
    }
  }

  public boolean isUnknown() {
    return result instanceof Result.Unknown;
  }

  /** One line for the kept history. */
  @Override
  public String toString() {
    String end = isUnknown() ? "?" : Long.toString(returned);
    return "[" + invoked + "," + end + "] p" + process + " " + key + " " + action + " " + result;
  }
}
