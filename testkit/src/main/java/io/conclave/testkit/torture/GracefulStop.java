package io.conclave.testkit.torture;

import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Measures how long a write waits when the leader is asked to stop (SIGTERM): clients write one
 * after another through all other members, from before the signal until after the end of its
 * process.
 */
final class GracefulStop {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);
  private static final int CLIENTS_EACH = 2;
  private static final int BETWEEN_WRITES_MILLIS = 1;
  private static final int SETTLE_MILLIS = 2_000;
  private static final int BEFORE_MILLIS = 2_000;
  private static final int AFTER_MILLIS = 2_000;
  private static final int STOPPED = 143;

  private final TortureCluster cluster;
  private final Consumer<String> progress;

  /**
   * One stop.
   *
   * @param worstMillis the longest wait of a write that had not ended at the signal or began later
   * @param undisturbedMillis the longest wait before, for comparison
   * @param failed how many writes were not acknowledged
   */
  record Round(long worstMillis, long undisturbedMillis, int failed) {}

  private record Write(long begunNanos, long endedNanos, boolean acknowledged) {
    private long millis() {
      return TimeUnit.NANOSECONDS.toMillis(endedNanos - begunNanos);
    }
  }

  GracefulStop(TortureCluster cluster, Consumer<String> progress) {
    this.cluster = cluster;
    this.progress = progress;
  }

  /**
   * Stops the leader so many times, and starts it again each time.
   *
   * @throws TimeoutException when the cluster does not serve again
   */
  List<Round> measure(int stops) throws IOException, InterruptedException, TimeoutException {
    Recovery recovery = new Recovery(cluster, LIMIT);
    List<Round> rounds = new ArrayList<>();
    for (int stop = 0; stop < stops; stop++) {
      recovery.await();
      // Time for the restarted member to catch up, so that each stop meets a whole cluster.
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
      int leader = cluster.leader().orElseThrow(() -> new TimeoutException("nobody leads"));
      Round round = stop(leader);
      progress.accept(TortureCluster.name(leader) + " stopped: " + round);
      rounds.add(round);
      cluster.heal();
    }
    return rounds;
  }

  private Round stop(int leader) throws InterruptedException {
    List<URI> others = new ArrayList<>(cluster.clientUrls());
    others.remove(leader);
    AtomicBoolean ended = new AtomicBoolean();
    List<Future<List<Write>>> clients = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int number = 0; number < CLIENTS_EACH * others.size(); number++) {
        List<URI> member = List.of(others.get(number % others.size()));
        String key = "/v2/keys/torture-stop/" + number;
        clients.add(threads.submit(() -> write(member, key, ended)));
      }
      TimeUnit.MILLISECONDS.sleep(BEFORE_MILLIS);
      long signalled = System.nanoTime();
      int exit = cluster.terminate(leader);
      if (exit != STOPPED) {
        throw new IllegalStateException(TortureCluster.name(leader) + " stopped with " + exit);
      }
      TimeUnit.MILLISECONDS.sleep(AFTER_MILLIS);
      ended.set(true);
      return round(clients, signalled);
    }
  }

  private static Round round(List<Future<List<Write>>> clients, long signalled)
      throws InterruptedException {
    List<Write> all = new ArrayList<>();
    for (Future<List<Write>> client : clients) {
      try {
        all.addAll(client.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("a client broke", e.getCause());
      }
    }
    long undisturbed = 0;
    long worst = 0;
    int failed = 0;
    for (Write write : all) {
      if (write.endedNanos() - signalled < 0) {
        undisturbed = Math.max(undisturbed, write.millis());
      } else {
        worst = Math.max(worst, write.millis());
      }
      failed += write.acknowledged() ? 0 : 1;
    }
    return new Round(worst, undisturbed, failed);
  }

  private static List<Write> write(List<URI> member, String key, AtomicBoolean ended)
      throws InterruptedException {
    List<Write> writes = new ArrayList<>();
    WireRequest put = WireRequest.form("PUT", key, "value=1");
    try (var connection = new MemberConnections(member, ANSWER_TIMEOUT)) {
      while (!ended.get()) {
        long begun = System.nanoTime();
        boolean acknowledged;
        try {
          acknowledged = connection.exchange(0, put).isDone();
        } catch (IOException broken) {
          acknowledged = false;
        }
        writes.add(new Write(begun, System.nanoTime(), acknowledged));
        TimeUnit.MILLISECONDS.sleep(BETWEEN_WRITES_MILLIS);
      }
    }
    return writes;
  }
}
