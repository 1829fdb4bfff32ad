package io.conclave.testkit.torture;

import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A directory that clients write to and others watch, each at one member after another: by long
 * polls or by a stream, always going on at the index where they are. All must see the same events
 * in the same order, with none missing and none twice.
 */
final class Watches implements Workload {
  static final String DIRECTORY = "/torture/watched";
  static final int WRITERS = 3;
  private static final int WATCHERS = 4;
  private static final int KEYS = 5;

  private final List<URI> members;
  private final Duration timeout;
  private final Pace pace;
  private final long seed;
  private final Queue<KeyEvent> acknowledged = new ConcurrentLinkedQueue<>();
  private final List<WatchClient> watchers = new ArrayList<>();

  Watches(List<URI> members, Duration timeout, Pace pace, long seed) {
    this.members = List.copyOf(members);
    this.timeout = timeout;
    this.pace = pace;
    this.seed = seed;
    for (int number = 0; number < WATCHERS; number++) {
      watchers.add(new WatchClient(members, number % 2 == 0, seed * 1_000 + 700 + number));
    }
  }

  @Override
  public String name() {
    return "watches";
  }

  @Override
  public List<Runnable> clients() {
    List<Runnable> clients = new ArrayList<>(watchers);
    for (int number = 0; number < WRITERS; number++) {
      int client = number;
      clients.add(() -> write(client));
    }
    return clients;
  }

  @Override
  public long acknowledged() {
    return acknowledged.size();
  }

  /** What watchers saw, for the report. */
  String seen() {
    long events = watchers.stream().mapToLong(WatchClient::events).sum();
    long moves = watchers.stream().mapToLong(WatchClient::moves).sum();
    long outrun = watchers.stream().mapToLong(watcher -> watcher.runs().size() - 1).sum();
    return "%d events seen, %d times went on elsewhere, %d times outrun by the history"
        .formatted(events, moves, outrun);
  }

  /** Ends the watchers once all have seen an event that is written now. */
  @Override
  public Optional<String> settle() throws IOException, InterruptedException {
    try (var connections = new MemberConnections(members, timeout)) {
      Answer answer = connections.exchange(0, put("last", "last"));
      if (!answer.isDone()) {
        watchers.forEach(WatchClient::end);
        return Optional.of("the last event can't be written: " + answer);
      }
      acknowledged.add(KeyEvent.of(answer.body()));
      for (WatchClient watcher : watchers) {
        if (!watcher.awaitSeen(answer.modifiedIndex())) {
          watchers.forEach(WatchClient::end);
          return Optional.of(
              "a watcher is at %d and does not come to see %d"
                  .formatted(watcher.next(), answer.modifiedIndex()));
        }
      }
      watchers.forEach(WatchClient::end);
      return Optional.empty();
    }
  }

  @Override
  public List<String> violations() {
    return WatchCheck.check(
        List.copyOf(acknowledged), watchers.stream().flatMap(w -> w.runs().stream()).toList());
  }

  @Override
  public void keep(Path directory) throws IOException {
    Files.write(
        directory.resolve("watched-writes.txt"),
        acknowledged.stream().map(KeyEvent::toString).toList());
    for (int number = 0; number < WATCHERS; number++) {
      List<String> lines = new ArrayList<>();
      for (WatchClient.Run run : watchers.get(number).runs()) {
        lines.add("from " + run.from());
        run.events().forEach(event -> lines.add(event.toString()));
      }
      Files.write(directory.resolve("watch-" + number + ".txt"), lines);
    }
  }

  private void write(int client) {
    Random random = new Random(seed * 1_000 + 600 + client);
    try (var connections = new MemberConnections(members, timeout)) {
      for (int number = 0; pace.next(random); number++) {
        String key = "k" + random.nextInt(KEYS);
        WireRequest request =
            random.nextInt(10) == 0
                ? new WireRequest("DELETE", path(key), List.of(), Optional.empty())
                : put(key, "w" + client + "-" + number);
        try {
          Answer answer = connections.exchange(random.nextInt(members.size()), request);
          if (answer.isDone()) {
            acknowledged.add(KeyEvent.of(answer.body()));
          }
        } catch (IOException notKnown) {
          continue;
        }
      }
    }
  }

  private static WireRequest put(String key, String value) {
    return WireRequest.form("PUT", path(key), "value=" + value);
  }

  private static String path(String key) {
    return "/v2/keys" + DIRECTORY + "/" + key;
  }
}
