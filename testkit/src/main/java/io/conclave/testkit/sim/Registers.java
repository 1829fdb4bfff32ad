package io.conclave.testkit.sim;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.Command.Condition;
import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Lookup;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.keyspace.tree.V2Error;
import io.conclave.raft.core.Bytes;
import io.conclave.testkit.linear.Operation.Action;
import io.conclave.testkit.linear.Operation.Result;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The keys that clients share as registers: what can be done with them, as commands of the real key
 * space and as operations of a history. They are replaced by others after a while, so that each
 * history stays short.
 */
final class Registers {
  private static final int KEYS = 3;

  private final RandomGenerator random;
  private final long epochMicros;
  private final Map<String, String> lastKnown = new HashMap<>();
  private long nextValue = 1;

  /**
   * @param epochMicros after which other keys take their place
   */
  Registers(RandomGenerator random, long epochMicros) {
    this.random = random;
    this.epochMicros = epochMicros;
  }

  String key(long nowMicros) {
    return "/r/" + nowMicros / epochMicros + "-" + random.nextInt(KEYS);
  }

  Action action(String key) {
    int draw = random.nextInt(100);
    if (draw < 40) {
      return new Action.Read();
    } else if (draw < 75) {
      return new Action.Set(value());
    } else if (draw < 95) {
      return new Action.CompareAndSet(lastKnown.getOrDefault(key, "nothing"), value());
    }
    return new Action.Delete();
  }

  private String value() {
    return "v" + nextValue++;
  }

  /** Only a read is none. */
  static Command command(String key, Action action) {
    KeyPath path = KeyPath.of(key);
    return switch (action) {
      case Action.Set(String value) ->
          new Command.Set(path, Bytes.utf8(value), false, Ttl.PERMANENT, false);
      case Action.CompareAndSet(String expected, String value) ->
          new Command.CompareAndSwap(
              path,
              Bytes.utf8(value),
              false,
              Ttl.PERMANENT,
              false,
              Condition.value(Bytes.utf8(expected)));
      case Action.Delete() -> new Command.Delete(path, false, false);
      case Action.Read() -> throw new IllegalArgumentException("a read is no command");
    };
  }

  /** Whether no other command has the same bytes. */
  static boolean isUnique(Action action) {
    return !(action instanceof Action.Delete);
  }

  Result result(String key, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Changed(KeyEvent event) -> {
        if (event.node().hasValue()) {
          lastKnown.put(key, event.node().value().utf8());
        }
        yield new Result.Done();
      }
      case Outcome.Refused(V2Error error) -> refusal(error);
      case Outcome.Done done -> throw new SafetyViolation("a register was answered " + done);
    };
  }

  private static Result refusal(V2Error error) {
    return switch (error.code()) {
      case KEY_NOT_FOUND -> new Result.Absent();
      case COMPARE_FAILED -> new Result.Mismatch();
      default -> throw new SafetyViolation("a register was answered " + error);
    };
  }

  Result read(String key, KeySpace tree) {
    return switch (tree.get(KeyPath.of(key), false, false, 0)) {
      case Lookup.Found(KeyEvent event) -> {
        String value = event.node().value().utf8();
        lastKnown.put(key, value);
        yield new Result.Value(value);
      }
      case Lookup.Refused(V2Error error) -> refusal(error);
    };
  }
}
