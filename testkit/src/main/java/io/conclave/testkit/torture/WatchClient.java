package io.conclave.testkit.torture;

import com.fasterxml.jackson.databind.JsonNode;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Watches the directory at one member until that is silent for a while, and goes on at another with
 * the index where it is. When the history does not reach back so far it begins a new run.
 */
final class WatchClient implements Runnable {
  /** Somebody writes all the time, so this long a silence means that something is broken. */
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private static final int RETRY_MILLIS = 20;
  private static final Duration CATCH_UP = Duration.ofSeconds(60);

  /** Moves also without need, so that going on elsewhere is no rare thing. */
  private static final int EVENTS_AT_ONE_MEMBER = 200;

  private final List<URI> members;
  private final boolean isStream;
  private final Random random;
  private final List<Run> runs = new ArrayList<>();
  private long moves;
  private boolean ended;

  /**
   * Events without a gap.
   *
   * @param from the first index that was asked for
   */
  record Run(long from, List<KeyEvent> events) {}

  WatchClient(List<URI> members, boolean isStream, long seed) {
    this.members = List.copyOf(members);
    this.isStream = isStream;
    this.random = new Random(seed);
    runs.add(new Run(1, new ArrayList<>()));
  }

  @Override
  public void run() {
    while (!hasEnded()) {
      URI member = members.get(random.nextInt(members.size()));
      try (WireConnection connection = WireConnection.open(member, SILENCE)) {
        countMove();
        int limit = 1 + random.nextInt(EVENTS_AT_ONE_MEMBER);
        if (isStream) {
          stream(connection, limit);
        } else {
          poll(connection, limit);
        }
      } catch (IOException silentOrBroken) {
        pause();
      }
    }
  }

  /** Where it goes on. */
  synchronized long next() {
    Run run = runs.getLast();
    return run.events().isEmpty() ? run.from() : run.events().getLast().index() + 1;
  }

  synchronized List<Run> runs() {
    return runs.stream().map(run -> new Run(run.from(), List.copyOf(run.events()))).toList();
  }

  synchronized long events() {
    return runs.stream().mapToLong(run -> run.events().size()).sum();
  }

  synchronized long moves() {
    return moves;
  }

  synchronized void end() {
    ended = true;
  }

  /** Waits until it has seen the event of that index; false when it does not come to that. */
  synchronized boolean awaitSeen(long index) throws InterruptedException {
    long deadline = System.nanoTime() + CATCH_UP.toNanos();
    while (next() <= index) {
      long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
      if (leftMillis <= 0) {
        return false;
      }
      wait(leftMillis);
    }
    return true;
  }

  private void poll(WireConnection connection, int limit) throws IOException {
    for (int count = 0; count < limit && !hasEnded(); count++) {
      WireResponse response = connection.exchange(request());
      String body = response.body().utf8();
      if (!body.isBlank() && !take(Answer.parse(body))) {
        return;
      }
    }
  }

  private void stream(WireConnection connection, int limit) throws IOException {
    connection.send(request());
    connection.readHead();
    StringBuilder text = new StringBuilder();
    int count = 0;
    while (count < limit && !hasEnded()) {
      var piece = connection.readSome();
      if (piece.isEmpty()) {
        return;
      }
      text.append(piece.get().utf8());
      for (int end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
        JsonNode event = Answer.parse(text.substring(0, end));
        text.delete(0, end + 1);
        count++;
        if (!take(event)) {
          return;
        }
      }
    }
  }

  private WireRequest request() {
    return WireRequest.get(
        "/v2/keys"
            + Watches.DIRECTORY
            + "?wait=true&recursive=true&waitIndex="
            + next()
            + (isStream ? "&stream=true" : ""));
  }

  /** Notes an event; false when this was none. */
  private synchronized boolean take(JsonNode body) {
    if (body.path("errorCode").asInt() == Answer.EVENT_INDEX_CLEARED) {
      runs.add(new Run(body.path("index").asLong() + 1, new ArrayList<>()));
      return false;
    }
    if (body.path("node").isMissingNode()) {
      return false;
    }
    runs.getLast().events().add(KeyEvent.of(body));
    notifyAll();
    return true;
  }

  private synchronized boolean hasEnded() {
    return ended || Thread.currentThread().isInterrupted();
  }

  private synchronized void countMove() {
    moves++;
  }

  private void pause() {
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
