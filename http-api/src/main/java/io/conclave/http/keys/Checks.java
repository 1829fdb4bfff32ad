package io.conclave.http.keys;

import static io.conclave.http.keys.Parameter.PREV_VALUE;
import static io.conclave.http.keys.Parameter.TTL;
import static io.conclave.http.keys.Parameter.VALUE;

import io.conclave.keyspace.tree.Ttl;
import io.conclave.keyspace.tree.V2Error;
import io.conclave.keyspace.tree.V2Error.Code;
import io.conclave.raft.core.Bytes;
import java.util.Optional;

/**
 * Reads parameters by their types and remembers the first thing that is wrong. A parameter that
 * fails reads as if absent; the request is refused anyway.
 */
final class Checks {
  /** A boolean that may be missing. */
  enum Tristate {
    ABSENT,
    TRUE,
    FALSE
  }

  private final Parameters parameters;
  private V2Error firstError;

  Checks(Parameters parameters) {
    this.parameters = parameters;
  }

  Optional<V2Error> error() {
    return Optional.ofNullable(firstError);
  }

  /** Does nothing if {@code cause} is "" or an earlier check has failed. */
  void fail(Code code, String cause) {
    if (firstError == null && !cause.isEmpty()) {
      firstError = V2Error.of(code, cause, 0);
    }
  }

  /** An unsigned number, 0 if absent. */
  long index(Parameter parameter) {
    Bytes given = parameters.get(parameter).orElse(null);
    if (given == null) {
      return 0;
    }
    Optional<Long> number = unsigned(given);
    if (number.isEmpty()) {
      fail(Code.INDEX_NOT_A_NUMBER, "invalid value for \"" + parameter.text() + "\"");
    }
    return number.orElse(0L);
  }

  /** False if absent. */
  boolean flag(Parameter parameter) {
    if (!parameters.has(parameter)) {
      return false;
    }
    Tristate given = tristate(parameters.get(parameter).orElseThrow());
    if (given == Tristate.ABSENT) {
      fail(Code.INVALID_FIELD, "invalid value for \"" + parameter.text() + "\"");
    }
    return given == Tristate.TRUE;
  }

  /** As {@link #flag}, and etcd leaves out the quotes in the error. */
  Tristate tristate(Parameter parameter) {
    if (!parameters.has(parameter)) {
      return Tristate.ABSENT;
    }
    Tristate given = tristate(parameters.get(parameter).orElseThrow());
    if (given == Tristate.ABSENT) {
      fail(Code.INVALID_FIELD, "invalid value for " + parameter.text());
    }
    return given;
  }

  /** Empty if absent; it can't be given as empty. */
  Bytes prevValue() {
    Bytes given = parameters.get(PREV_VALUE).orElse(Bytes.EMPTY);
    if (given.isEmpty() && parameters.has(PREV_VALUE)) {
      fail(Code.PREV_VALUE_REQUIRED, "\"prevValue\" cannot be empty");
    }
    return given;
  }

  /** Permanent if absent or empty. */
  Ttl ttl() {
    Bytes given = parameters.get(TTL).orElse(Bytes.EMPTY);
    if (given.isEmpty()) {
      return Ttl.PERMANENT;
    }
    Optional<Long> seconds = unsigned(given);
    if (seconds.isEmpty()) {
      fail(Code.TTL_NOT_A_NUMBER, "invalid value for \"ttl\"");
    }
    return seconds.<Ttl>map(Ttl.Seconds::new).orElse(Ttl.PERMANENT);
  }

  /** A refresh needs a TTL and forbids a value. */
  boolean refresh() {
    boolean refresh = tristate(Parameter.REFRESH) == Tristate.TRUE;
    if (refresh) {
      if (parameters.get(VALUE).filter(value -> !value.isEmpty()).isPresent()) {
        fail(Code.REFRESH_VALUE, "A value was provided on a refresh");
      }
      if (parameters.get(TTL).filter(ttl -> !ttl.isEmpty()).isEmpty()) {
        fail(Code.REFRESH_TTL_REQUIRED, "No TTL value set");
      }
    }
    return refresh;
  }

  /** {@link Tristate#ABSENT} if it is none of the words that Go takes for a boolean. */
  private static Tristate tristate(Bytes given) {
    return switch (given.utf8()) {
      case "1", "t", "T", "TRUE", "true", "True" -> Tristate.TRUE;
      case "0", "f", "F", "FALSE", "false", "False" -> Tristate.FALSE;
      default -> Tristate.ABSENT;
    };
  }

  /** Digits only, up to 2^64 - 1; the result's bits are unsigned. */
  private static Optional<Long> unsigned(Bytes given) {
    if (given.isEmpty()) {
      return Optional.empty();
    }
    long number = 0;
    for (int i = 0; i < given.length(); i++) {
      int digit = given.at(i) - '0';
      if (digit < 0 || digit > 9 || overflows(number, digit)) {
        return Optional.empty();
      }
      number = number * 10 + digit;
    }
    return Optional.of(number);
  }

  private static boolean overflows(long number, int digit) {
    long tenth = Long.divideUnsigned(-1L, 10);
    int compared = Long.compareUnsigned(number, tenth);
    return compared > 0 || (compared == 0 && digit > 5);
  }
}
