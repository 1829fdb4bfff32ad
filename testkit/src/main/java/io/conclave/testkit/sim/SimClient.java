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
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A client that does one thing at a time, with whichever member it likes. A result is ok, refused
 * or unknown, and is held to that.
 */
final class SimClient {
  private static final long THINK_MICROS = 50_000;
  private static final int BIG_BYTES = 240 << 10;
  private static final Settled IGNORED = (entry, outcome) -> {};

  private final int number;
  private final SimCluster cluster;
  private final RandomGenerator random;
  private final Registers registers;
  private final long untilMicros;

  /** Ends what is in the history and not answered yet. */
  private Runnable giveUp = () -> {};

  /** What to do with an outcome besides checking it. */
  private interface Settled {
    void settled(LogEntry entry, Outcome outcome);
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
    giveUp = () -> {};
    cluster.clock.after(random.nextLong(THINK_MICROS), this::next);
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
      write(host, other(), true, IGNORED, failure -> {});
      return;
    }
    String key = registers.key(cluster.clock.nowMicros());
    Action action = registers.action(key);
    if (action instanceof Action.Read) {
      read(host, key);
    } else {
      write(host, key, action);
    }
  }

  private History.Pending invoke(String key, Action action) {
    History.Pending pending = cluster.history.invoke(number, key, action);
    giveUp = () -> pending.returned(new Result.Unknown());
    return pending;
  }

  /** The run is over; what it still waits for may have happened. */
  void end() {
    giveUp.run();
  }

  private long deadline() {
    long election = cluster.plan.electionMicros();
    return cluster.clock.nowMicros() + election / 2 + random.nextLong(4 * election);
  }

  private void write(SimHost host, String key, Action action) {
    History.Pending pending = invoke(key, action);
    write(
        host,
        Registers.command(key, action),
        Registers.isUnique(action),
        (entry, outcome) -> pending.returned(registers.result(key, outcome)),
        failure ->
            pending.returned(
                failure instanceof Failure.Unknown ? new Result.Unknown() : new Result.Failed()));
  }

  private void write(
      SimHost host, Command command, boolean unique, Settled settled, Consumer<Failure> failed) {
    Bytes bytes = CommandCodec.encode(command);
    Request request =
        new Request() {
          @Override
          public void applied(LogEntry entry, Outcome outcome) {
            answered(bytes, entry);
            settled.settled(entry, outcome);
            begin();
          }

          @Override
          public void failed(Failure failure) {
            if (!(failure instanceof Failure.Unknown)) {
              cluster.checker.refuses(bytes);
            }
            failed.accept(failure);
            begin();
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

  private void read(SimHost host, String key) {
    History.Pending pending = invoke(key, new Action.Read());
    MemberId member = host.id;
    long horizon = cluster.checker.horizon();
    Reader reader =
        new Reader() {
          @Override
          public void ready(KeySpace tree, LogPosition applied) {
            cluster.checker.reads(member, horizon, applied.index());
            pending.returned(registers.read(key, tree));
            begin();
          }

          @Override
          public void failed() {
            pending.returned(new Result.Unknown());
            begin();
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
          KeyPath.of("/big"),
          value.concat(Bytes.adopt(new byte[BIG_BYTES])),
          false,
          Ttl.PERMANENT,
          false);
    }
    return new Command.Create(KeyPath.of("/d/" + value.utf8()), value, false, new Ttl.Seconds(1));
  }
}
