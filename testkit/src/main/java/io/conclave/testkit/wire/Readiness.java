package io.conclave.testkit.wire;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Waits until a v2 server is ready for clients: it has decided its cluster version, has a leader,
 * knows whether auth is on, and its X-Etcd-Index has stopped moving. Only reads.
 */
public final class Readiness {
  private static final List<String> QUESTIONS =
      List.of("/version", "/v2/members/leader", "/v2/auth/enable");
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);
  private static final int POLL_MILLIS = 20;

  private final URI base;
  private final long deadlineNanos;
  private final Runnable alive;

  private Readiness(URI base, Duration timeout, Runnable alive) {
    this.base = base;
    this.deadlineNanos = System.nanoTime() + timeout.toNanos();
    this.alive = alive;
  }

  /**
   * Waits for the server.
   *
   * @param settle how long the index must stay as it is
   * @param alive throws when there is no point in waiting on, because the server has ended
   * @return the X-Etcd-Index
   * @throws TimeoutException when the server is not ready in time
   */
  public static long await(URI base, Duration settle, Duration timeout, Runnable alive)
      throws TimeoutException, InterruptedException {
    Readiness readiness = new Readiness(base, timeout, alive);
    for (String question : QUESTIONS) {
      readiness.awaitAnswer(question);
    }
    return readiness.awaitIndex(settle);
  }

  private void awaitAnswer(String path) throws TimeoutException, InterruptedException {
    String last = "no connection";
    while (true) {
      try {
        WireResponse response =
            WireConnection.exchange(base, WireRequest.get(path), REQUEST_TIMEOUT);
        String body = response.body().utf8();
        if (response.head().status() == 200 && !body.contains("not_decided")) {
          return;
        }
        last = response.head().status() + " " + body;
      } catch (IOException e) {
        last = e.toString();
      }
      pause(path + " last answered: " + last);
    }
  }

  private long awaitIndex(Duration settle) throws TimeoutException, InterruptedException {
    long index = -1;
    long sinceNanos = System.nanoTime();
    while (true) {
      long now = System.nanoTime();
      try {
        long current = index();
        if (current != index) {
          index = current;
          sinceNanos = now;
        }
        if (now - sinceNanos >= settle.toNanos()) {
          return index;
        }
      } catch (IOException e) {
        index = -1;
      }
      pause("the index does not settle, last at " + index);
    }
  }

  private long index() throws IOException {
    WireRequest root = WireRequest.get("/v2/keys/");
    WireHead head = WireConnection.exchange(base, root, REQUEST_TIMEOUT).head();
    try {
      return Long.parseLong(head.header("X-Etcd-Index").orElse(""));
    } catch (NumberFormatException e) {
      throw new IOException("no X-Etcd-Index", e);
    }
  }

  private void pause(String state) throws TimeoutException, InterruptedException {
    alive.run();
    if (System.nanoTime() > deadlineNanos) {
      throw new TimeoutException(base + " is not ready: " + state);
    }
    Thread.sleep(POLL_MILLIS);
  }
}
