package io.conclave.testkit.torture;

import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** How long a healed cluster takes until each member writes and reads again. */
final class Recovery {
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
  private static final int POLL_MILLIS = 20;

  private final TortureCluster cluster;
  private final Duration limit;
  private final List<Long> millis = new ArrayList<>();

  /**
   * @param limit after which the cluster counts as wedged
   */
  Recovery(TortureCluster cluster, Duration limit) {
    this.cluster = cluster;
    this.limit = limit;
  }

  /**
   * Waits for all members.
   *
   * @throws TimeoutException when one does not come back in time, with what it said last
   */
  Duration await() throws TimeoutException, InterruptedException {
    long begun = System.nanoTime();
    long deadline = begun + limit.toNanos();
    for (int member = 0; member < cluster.size(); member++) {
      String key = "/v2/keys/torture-health/" + TortureCluster.name(member);
      URI url = cluster.clientUrls().get(member);
      awaitDone(member, url, WireRequest.form("PUT", key, "value=1"), deadline);
      awaitDone(member, url, WireRequest.get(key + "?quorum=true"), deadline);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    millis.add(took.toMillis());
    return took;
  }

  /** Median and worst of all, in milliseconds. */
  String summary() {
    List<Long> sorted = millis.stream().sorted().toList();
    return sorted.isEmpty()
        ? "none"
        : "median %d ms, worst %d ms".formatted(sorted.get(sorted.size() / 2), sorted.getLast());
  }

  private void awaitDone(int member, URI url, WireRequest request, long deadline)
      throws TimeoutException, InterruptedException {
    String last = "nothing";
    while (true) {
      cluster.requireAlive();
      try {
        Answer answer = Answer.of(WireConnection.exchange(url, request, ANSWER_TIMEOUT));
        if (answer.isDone()) {
          return;
        }
        last = answer.toString();
      } catch (IOException e) {
        last = e.toString();
      }
      if (System.nanoTime() > deadline) {
        throw new TimeoutException(
            "%s does not serve %s %s after %d s without faults; last: %s"
                .formatted(
                    TortureCluster.name(member),
                    request.method(),
                    request.target(),
                    limit.toSeconds(),
                    last));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }
}
