package io.conclave.testkit.sim;

import io.conclave.keyspace.CommandCodec;
import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.LogPosition;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.ProposalTracker.Failure;
import io.conclave.testkit.linear.History;
import io.conclave.testkit.linear.Operation.Action;
import io.conclave.testkit.linear.Operation.Result;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A client that does one thing at a time, with whichever member it likes. A result is ok, refused
 * or unknown, and is held to that.
 */
final class SimClient {
  private static final long THINK_MICROS = 50_000;
  private static final int BIG_BYTES = 240 << 10;
  private static final int BIG_KEYS = 3;

  private final int number;
  private final SimCluster cluster;
  private final RandomGenerator random;
  private final Registers registers;
  private final long untilMicros;
  private Optional<Turn> turn = Optional.empty();
  private int unanswered;

  /**
   * One request. It ends with its answer, or as unknown when the client has waited long enough and
   * turns to another member. An answer that comes after that is still checked.
   */
  private final class Turn {
    private final Optional<History.Pending> pending;
    private boolean over;
    private boolean answered;

    private Turn(Optional<History.Pending> pending) {
      this.pending = pending;
    }

    private void answer(Result result) {
      SafetyChecker.check(!answered, "client %d is answered twice", number);
      answered = true;
      unanswered--;
      end(result);
    }

    private void end(Result result) {
      if (!over) {
        over = true;
        pending.ifPresent(begun -> begun.returned(result));
        begin();
      }
    }

    private void giveUp() {
      if (!over) {
        cluster.tally.count(Happening.CLIENT_GAVE_UP);
        end(new Result.Unknown());
      }
    }
  }

  SimClient(
      int number,
      SimCluster cluster,
      RandomGenerator random,
      Registers registers,
      long untilMicros) {
    this.number = number;
    this.cluster = cluster;
    this.random = random;
    this.registers = registers;
    this.untilMicros = untilMicros;
  }

  void begin() {
    cluster.clock.after(random.nextLong(THINK_MICROS), this::next);
  }

  /** The run is over; what it still waits for may have happened. */
  void end() {
    turn.ifPresent(open -> open.end(new Result.Unknown()));
  }

  /** Every request gets its answer by its deadline, or when its process ends. */
  boolean isAnswered() {
    return unanswered == 0;
  }

  private void next() {
    if (cluster.clock.nowMicros() >= untilMicros) {
      return;
    }
    List<SimHost> up = cluster.up();
    if (up.isEmpty()) {
      begin();
      return;
    }
    SimHost host = up.get(random.nextInt(up.size()));
    if (random.nextInt(5) == 0) {
      Turn next = turn(Optional.empty());
      write(host, next, other(), true, outcome -> new Result.Done());
      return;
    }
    String key = registers.key(cluster.clock.nowMicros());
    Action action = registers.action(key);
    Turn next = turn(Optional.of(cluster.history.invoke(number, key, action)));
    if (action instanceof Action.Read) {
      read(host, next, key);
    } else {
      Command command = Registers.command(key, action);
      boolean unique = Registers.isUnique(action);
      write(host, next, command, unique, outcome -> registers.result(key, outcome));
    }
  }

  private Turn turn(Optional<History.Pending> pending) {
    long election = cluster.plan.electionMicros();
    Turn next = new Turn(pending);
    unanswered++;
    turn = Optional.of(next);
    cluster.clock.after(election / 2 + random.nextLong(3 * election), next::giveUp);
    return next;
  }

  /** The member gives up earlier or later than the client. */
  private long deadline() {
    long election = cluster.plan.electionMicros();
    return cluster.clock.nowMicros() + election / 2 + random.nextLong(4 * election);
  }

  private void write(
      SimHost host, Turn asked, Command command, boolean unique, Function<Outcome, Result> seen) {
    Bytes bytes = CommandCodec.encode(command);
    Request request =
        new Request() {
          @Override
          public void applied(LogEntry entry, Outcome outcome) {
            answered(bytes, entry);
            asked.answer(seen.apply(outcome));
          }

          @Override
          public void failed(Failure failure) {
            boolean unknown = failure instanceof Failure.Unknown;
            if (!unknown) {
              cluster.checker.refuses(bytes);
            }
            asked.answer(unknown ? new Result.Unknown() : new Result.Failed());
          }
        };
    if (unique) {
      cluster.checker.proposes(bytes);
      host.member().requests().proposeUnique(bytes, request, deadline());
    } else {
      host.member().requests().propose(bytes, request, deadline());
    }
    host.attempt();
  }

  private void answered(Bytes command, LogEntry entry) {
    boolean own = entry.payload() instanceof Payload.Command(Bytes bytes) && bytes.equals(command);
    SafetyChecker.check(own, "a client was answered with the outcome of %s", entry);
    cluster.checker.acknowledges(entry);
  }

  private void read(SimHost host, Turn asked, String key) {
    MemberId member = host.id;
    long horizon = cluster.checker.horizon();
    Reader reader =
        new Reader() {
          @Override
          public void ready(KeySpace tree, LogPosition applied) {
            cluster.checker.reads(member, horizon, applied.index());
            asked.answer(registers.read(key, tree));
          }

          @Override
          public void failed() {
            asked.answer(new Result.Unknown());
          }
        };
    host.member().requests().read(reader, deadline());
    host.attempt();
  }

  /** What only makes the tree more interesting; no two are alike. */
  private Command other() {
    Bytes value = Bytes.utf8("c" + number + "-" + cluster.clock.nowMicros());
    int draw = random.nextInt(10);
    if (draw < 4) {
      KeyPath key = KeyPath.of("/t/" + random.nextInt(10));
      return new Command.Set(key, value, false, new Ttl.Seconds(1 + random.nextInt(3)), false);
    } else if (draw < 6) {
      return new Command.CreateInOrder(KeyPath.of("/q"), value, false, new Ttl.Seconds(2));
    } else if (draw == 6 && cluster.plan.kind() == RunPlan.Kind.BULK) {
      return new Command.Set(
          KeyPath.of("/big/" + random.nextInt(BIG_KEYS)),
          value.concat(Bytes.adopt(new byte[BIG_BYTES])),
          false,
          Ttl.PERMANENT,
          false);
    }
    return new Command.Create(KeyPath.of("/d/" + value.utf8()), value, false, new Ttl.Seconds(1));
  }
}
