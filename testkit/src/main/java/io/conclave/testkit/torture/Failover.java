package io.conclave.testkit.torture;

import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Measures how long nobody can write when the leader is killed: from the signal until a survivor
 * acknowledges a write. A new attempt begins all the time, at the survivors in turn, so that no
 * server gains or loses by what it does with requests that came too early.
 */
final class Failover {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
  private static final int BETWEEN_ATTEMPTS_MILLIS = 20;
  private static final int SETTLE_MILLIS = 1_500;

  private final TortureCluster cluster;
  private final Consumer<String> progress;

  Failover(TortureCluster cluster, Consumer<String> progress) {
    this.cluster = cluster;
    this.progress = progress;
  }

  /**
   * Kills the leader so many times, and starts it again each time.
   *
   * @return how long each took, in milliseconds, ascending
   * @throws TimeoutException when the cluster does not serve again
   */
  List<Long> measure(int kills) throws IOException, InterruptedException, TimeoutException {
    Recovery recovery = new Recovery(cluster, LIMIT);
    List<Long> millis = new ArrayList<>();
    for (int kill = 0; kill < kills; kill++) {
      recovery.await();
      // Time for the restarted member to catch up, so that each kill meets a whole cluster.
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
      int leader = cluster.leader().orElseThrow(() -> new TimeoutException("nobody leads"));
      long begun = System.nanoTime();
      cluster.kill(leader);
      long took = TimeUnit.NANOSECONDS.toMillis(firstWrite(leader) - begun);
      progress.accept(TortureCluster.name(leader) + " killed, written after " + took + " ms");
      millis.add(took);
      cluster.heal();
    }
    return millis.stream().sorted().toList();
  }

  /** When the first write was acknowledged. */
  private long firstWrite(int dead) throws InterruptedException, TimeoutException {
    List<URI> survivors = new ArrayList<>(cluster.clientUrls());
    survivors.remove(dead);
    CompletableFuture<Long> written = new CompletableFuture<>();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    ExecutorService attempts = Executors.newVirtualThreadPerTaskExecutor();
    try {
      for (int attempt = 0; !written.isDone(); attempt++) {
        URI survivor = survivors.get(attempt % survivors.size());
        attempts.submit(() -> attempt(survivor, written));
        if (System.nanoTime() > deadline) {
          throw new TimeoutException("no write within " + LIMIT.toSeconds() + " s");
        }
        TimeUnit.MILLISECONDS.sleep(BETWEEN_ATTEMPTS_MILLIS);
      }
      return written.join();
    } finally {
      attempts.shutdownNow();
    }
  }

  private static void attempt(URI survivor, CompletableFuture<Long> written) {
    try {
      WireRequest put = WireRequest.form("PUT", "/v2/keys/torture-failover", "value=1");
      if (Answer.of(WireConnection.exchange(survivor, put, ANSWER_TIMEOUT)).isDone()) {
        written.complete(System.nanoTime());
      }
    } catch (IOException notYet) {
      return;
    }
  }
}
