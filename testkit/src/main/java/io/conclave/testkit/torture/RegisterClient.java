package io.conclave.testkit.torture;

import io.conclave.testkit.linear.Operation.Action;
import io.conclave.testkit.linear.Operation.Result;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Works on the registers of one slot, at any member, one operation at a time: linearizable reads,
 * sets, deletes, and sets that compare the value or its index. Every value is written once, so that
 * its index names it as well as the value itself.
 */
final class RegisterClient implements Runnable {
  private final Registers registers;
  private final int number;
  private final int slot;
  private final MemberConnections connections;
  private final Pace pace;
  private final Random random;
  private Known known = new Known("", "never", 0);
  private long written;

  /** What the client last saw of a register. */
  private record Known(String key, String value, long index) {}

  RegisterClient(
      Registers registers,
      int number,
      int slot,
      MemberConnections connections,
      Pace pace,
      long seed) {
    this.registers = registers;
    this.number = number;
    this.slot = slot;
    this.connections = connections;
    this.pace = pace;
    this.random = new Random(seed * 1_000 + number);
  }

  @Override
  public void run() {
    try (connections) {
      while (pace.next(random)) {
        String key = registers.key(slot);
        if (!known.key().equals(key)) {
          known = new Known(key, "never", 0);
        }
        operate(key, random.nextInt(100));
      }
    }
  }

  private void operate(String key, int choice) {
    String path = "/v2/keys" + key;
    String value = "c" + number + "-" + written;
    if (choice < 35) {
      perform(key, new Action.Read(), WireRequest.get(path + "?quorum=true"));
      return;
    }
    if (choice < 42) {
      perform(key, new Action.Delete(), bare("DELETE", path));
      return;
    }
    written++;
    if (choice < 65) {
      perform(key, new Action.Set(value), put(path, value));
    } else if (choice < 85 || known.index() == 0) {
      String condition = path + "?prevValue=" + known.value();
      perform(key, new Action.CompareAndSet(known.value(), value), put(condition, value));
    } else {
      String condition = path + "?prevIndex=" + known.index();
      perform(key, new Action.CompareAndSet(known.value(), value), put(condition, value));
    }
  }

  private void perform(String key, Action action, WireRequest request) {
    int member = random.nextInt(connections.size());
    boolean isRead = action instanceof Action.Read;
    var pending = registers.history().invoke(number, key, action);
    try {
      Answer answer = connections.exchange(member, request);
      Result result = result(answer, isRead);
      pending.returned(result);
      learn(key, action, answer, result);
    } catch (NotSent e) {
      pending.returned(new Result.Failed());
    } catch (IOException e) {
      pending.returned(isRead ? new Result.Failed() : new Result.Unknown());
    }
  }

  private static Result result(Answer answer, boolean isRead) {
    if (answer.isDone()) {
      return isRead ? new Result.Value(answer.value()) : new Result.Done();
    }
    return switch (answer.errorCode()) {
      case Answer.KEY_NOT_FOUND -> new Result.Absent();
      case Answer.COMPARE_FAILED -> new Result.Mismatch();
      default -> isRead ? new Result.Failed() : new Result.Unknown();
    };
  }

  private void learn(String key, Action action, Answer answer, Result result) {
    if (!answer.isDone() && !answer.isInDoubt() && result instanceof Result.Unknown) {
      registers.violate(action + " on " + key + " got " + answer);
    }
    if (result instanceof Result.Failed || result instanceof Result.Unknown) {
      return;
    }
    registers.acknowledge();
    if (answer.isDone() && !(action instanceof Action.Delete)) {
      known = new Known(key, answer.value(), answer.modifiedIndex());
      registers.sawIndex(known.value(), known.index());
    }
  }

  private static WireRequest put(String target, String value) {
    return WireRequest.form("PUT", target, "value=" + value);
  }

  private static WireRequest bare(String method, String target) {
    return new WireRequest(method, target, List.of(), Optional.empty());
  }
}
