package io.conclave.testkit.torture;

import com.fasterxml.jackson.databind.JsonNode;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Directories to which clients add in-order keys (POST). In the end each acknowledged element is
 * there exactly once under the key of its answer, one of unknown outcome at most once, and an
 * element begun after another's answer is behind it.
 */
final class InOrderSets implements Workload {
  private static final int ELEMENTS_EACH = 1_000;
  static final int CLIENTS = 3;

  private final List<URI> members;
  private final Duration timeout;
  private final Pace pace;
  private final long seed;
  private final AtomicLong clock = new AtomicLong();
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final Queue<Addition> additions = new ConcurrentLinkedQueue<>();

  /** What became of an addition. */
  enum Outcome {
    DONE,
    FAILED,
    UNKNOWN
  }

  /**
   * One POST.
   *
   * @param key of the answer, empty without one
   */
  record Addition(
      String directory, String value, long invoked, long returned, Outcome outcome, String key) {}

  InOrderSets(List<URI> members, Duration timeout, Pace pace, long seed) {
    this.members = List.copyOf(members);
    this.timeout = timeout;
    this.pace = pace;
    this.seed = seed;
  }

  @Override
  public String name() {
    return "sets";
  }

  @Override
  public List<Runnable> clients() {
    List<Runnable> clients = new ArrayList<>();
    for (int number = 0; number < CLIENTS; number++) {
      int client = number;
      clients.add(() -> add(client));
    }
    return clients;
  }

  @Override
  public long acknowledged() {
    return acknowledged.get();
  }

  @Override
  public List<String> violations() {
    Map<String, List<Addition>> byDirectory = new TreeMap<>();
    for (Addition addition : additions) {
      byDirectory.computeIfAbsent(addition.directory(), _ -> new ArrayList<>()).add(addition);
    }
    List<String> violations = new ArrayList<>();
    byDirectory.forEach(
        (directory, some) -> {
          try {
            violations.addAll(SetCheck.check(some, stored(directory)));
          } catch (IOException e) {
            violations.add(directory + " can't be read: " + e);
          }
        });
    return violations;
  }

  @Override
  public void keep(Path directory) throws IOException {
    Files.write(
        directory.resolve("sets.txt"),
        additions.stream()
            .sorted(Comparator.comparingLong(Addition::invoked))
            .map(Addition::toString)
            .toList());
  }

  private void add(int client) {
    Random random = new Random(seed * 1_000 + 500 + client);
    try (var connections = new MemberConnections(members, timeout)) {
      for (int number = 0; pace.next(random); number++) {
        String directory = "/torture/set-" + begun.getAndIncrement() / ELEMENTS_EACH;
        add(connections, random.nextInt(members.size()), directory, "s" + client + "-" + number);
      }
    }
  }

  private void add(MemberConnections connections, int member, String directory, String value) {
    long invoked = clock.incrementAndGet();
    Outcome outcome = Outcome.UNKNOWN;
    String key = "";
    try {
      WireRequest post = WireRequest.form("POST", "/v2/keys" + directory, "value=" + value);
      Answer answer = connections.exchange(member, post);
      if (answer.isDone()) {
        outcome = Outcome.DONE;
        key = answer.key();
        acknowledged.incrementAndGet();
      }
    } catch (NotSent e) {
      outcome = Outcome.FAILED;
    } catch (IOException e) {
      outcome = Outcome.UNKNOWN;
    }
    additions.add(new Addition(directory, value, invoked, clock.incrementAndGet(), outcome, key));
  }

  /** The values by their keys, in order. */
  private Map<String, List<String>> stored(String directory) throws IOException {
    Map<String, List<String>> stored = new TreeMap<>();
    WireRequest get = WireRequest.get("/v2/keys" + directory + "?quorum=true&sorted=true");
    try (var connections = new MemberConnections(members, timeout)) {
      Answer answer = connections.exchange(0, get);
      if (!answer.isDone() && !answer.isError(Answer.KEY_NOT_FOUND)) {
        throw new IOException(answer.toString());
      }
      for (JsonNode node : answer.body().path("node").path("nodes")) {
        stored
            .computeIfAbsent(node.path("key").asText(), _ -> new ArrayList<>())
            .add(node.path("value").asText());
      }
    }
    return stored;
  }
}
