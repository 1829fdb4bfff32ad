package io.conclave.testkit.linear;

import io.conclave.testkit.linear.Operation.Action;
import io.conclave.testkit.linear.Operation.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/**
 * A register that works, and clients some of whose answers get lost: what they asked for happens
 * much later, or never. Every value is written once.
 */
final class LossyRegister {
  private static final int LATE_ONE_IN = 40;

  private final Random random;
  private final int lossPermille;
  private final History history = new History();
  private final List<Action> late = new ArrayList<>();
  private Optional<String> state = RegisterModel.INITIAL;
  private String lastSeen = "never";

  private static final class Client {
    private final History.Pending pending;
    private final Action action;
    private Optional<Result> result = Optional.empty();

    private Client(History.Pending pending, Action action) {
      this.pending = pending;
      this.action = action;
    }
  }

  private LossyRegister(Random random, int lossPermille) {
    this.random = random;
    this.lossPermille = lossPermille;
  }

  /** What clients recorded. */
  static List<Operation> record(Random random, int count, int clients, int lossPermille) {
    return new LossyRegister(random, lossPermille).record(count, clients);
  }

  private List<Operation> record(int count, int clients) {
    Client[] busy = new Client[clients];
    int begun = 0;
    while (begun < count || Arrays.stream(busy).anyMatch(Objects::nonNull)) {
      if (!late.isEmpty() && random.nextInt(LATE_ONE_IN) == 0) {
        happenLate(late.remove(random.nextInt(late.size())));
      }
      int number = random.nextInt(clients);
      Client client = busy[number];
      if (client == null && begun < count) {
        Action action = action("v" + begun++);
        busy[number] = new Client(history.invoke(number, "k", action), action);
      } else if (client != null && client.result.isEmpty()) {
        client.result = Optional.of(answer(client.action));
      } else if (client != null) {
        client.pending.returned(client.result.get());
        busy[number] = null;
      }
    }
    return history.operations();
  }

  private void happenLate(Action action) {
    if (random.nextBoolean()) {
      state = RegisterModel.step(state, action, new Result.Unknown()).orElseThrow();
    }
  }

  private Action action(String value) {
    int choice = random.nextInt(100);
    if (choice < 35) {
      return new Action.Read();
    }
    if (choice < 42) {
      return new Action.Delete();
    }
    return choice < 65 ? new Action.Set(value) : new Action.CompareAndSet(lastSeen, value);
  }

  private Result answer(Action action) {
    if (random.nextInt(1000) < lossPermille) {
      if (action instanceof Action.Read) {
        return new Result.Failed();
      }
      late.add(action);
      return new Result.Unknown();
    }
    Result result = result(action);
    state = RegisterModel.step(state, action, result).orElseThrow();
    state.ifPresent(value -> lastSeen = value);
    return result;
  }

  private Result result(Action action) {
    return switch (action) {
      case Action.Read() -> state.<Result>map(Result.Value::new).orElse(new Result.Absent());
      case Action.Set _ -> new Result.Done();
      case Action.CompareAndSet(String expected, String _) when state.isPresent() ->
          state.get().equals(expected) ? new Result.Done() : new Result.Mismatch();
      case Action.CompareAndSet _ -> new Result.Absent();
      case Action.Delete() -> state.isPresent() ? new Result.Done() : new Result.Absent();
    };
  }
}
