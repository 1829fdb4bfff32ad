package io.conclave.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Three members in this JVM go through what members meet in their first seconds: founding, load, a
 * leader that stops, a member that comes back. The build runs it to make the AOT cache with which
 * the launchers start members (JEP 483, 514, 515). Only speed depends on it.
 */
final class Rehearsal {
  private static final int MEMBERS = 3;
  private static final int CLIENTS_PER_MEMBER = 8;
  private static final int ROUNDS = 10;
  private static final String SNAPSHOT_COUNT = "500";
  private static final int CHANGES_OF_LEADER = 2;
  private static final int MINUTES_MAX = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
  private static final int FIRST_ERROR_STATUS = 400;
  private static final String FORM = "application/x-www-form-urlencoded";

  private final List<Part> parts;
  private final HttpClient client = HttpClient.newHttpClient();

  private Rehearsal(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * Rehearses.
   *
   * @param args a directory for the members' data, which go again
   */
  public static void main(String[] args) {
    CompletableFuture.delayedExecutor(MINUTES_MAX, TimeUnit.MINUTES).execute(Rehearsal::giveUp);
    try {
      Path directory = Files.createTempDirectory(Path.of(args[0]), "rehearsal");
      new Rehearsal(parts(directory)).play();
      deleteAll(directory);
    } catch (StartRefused
        | IOException
        | ExecutionException
        | InterruptedException
        | RuntimeException failure) {
      System.err.println("Members will start slowly, their rehearsal failed: " + failure);
    }
    System.exit(0);
  }

  /** Without a cache, as making one could take as long again. */
  private static void giveUp() {
    System.err.println("Members will start slowly, their rehearsal took too long.");
    Runtime.getRuntime().halt(0);
  }

  private void play() throws StartRefused, IOException, InterruptedException, ExecutionException {
    for (Part part : parts) {
      part.enter();
    }
    serve();
    for (int change = 0; change < CHANGES_OF_LEADER; change++) {
      Part leader = leader();
      leader.leave();
      Part other = parts.stream().filter(part -> part != leader).findFirst().orElseThrow();
      awaitWrite(other);
      leader.enter();
      awaitWrite(leader);
    }
    serve();
    parts.parallelStream().forEach(Part::leave);
  }

  /** All kinds of requests, to all members at once. */
  private void serve() throws IOException, InterruptedException, ExecutionException {
    for (Part part : parts) {
      awaitWrite(part);
    }
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (Part part : parts) {
        for (int number = 0; number < CLIENTS_PER_MEMBER; number++) {
          String key = part.clientUrl + "/v2/keys/" + part.name + "/" + number;
          all.add(clients.submit(() -> request(key)));
        }
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  private Void request(String key) throws IOException, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      send("PUT", key, "value=" + round);
      send("GET", key + "?quorum=true", "");
      send("GET", key + "?wait=true&waitIndex=1", "");
      send("PUT", key, "prevExist=true&ttl=60&value=" + round);
      send("GET", key, "");
      send("DELETE", key + "?prevValue=" + round, "");
      send("POST", key, "value=" + round);
      send("GET", key + "?recursive=true&sorted=true", "");
      send("DELETE", key + "?recursive=true", "");
    }
    return null;
  }

  private Part leader() throws IOException, InterruptedException {
    for (Part part : parts) {
      if (send("GET", part.clientUrl + "/v2/stats/self", "").contains("StateLeader")) {
        return part;
      }
    }
    return parts.getFirst();
  }

  private void awaitWrite(Part part) throws IOException, InterruptedException {
    String key = part.clientUrl + "/v2/keys/ready";
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    while (send("PUT", key, "value=" + part.name).isEmpty()) {
      if (System.nanoTime() > deadlineNanos) {
        throw new IOException(part.name + " does not serve");
      }
      Thread.sleep(PAUSE);
    }
  }

  /** The body of a success; otherwise empty. */
  private String send(String method, String uri, String form) throws InterruptedException {
    BodyPublisher body = form.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(form);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(uri))
            .method(method, body)
            .header("Content-Type", FORM)
            .timeout(ANSWER_TIMEOUT)
            .build();
    try {
      var response = client.send(request, BodyHandlers.ofString());
      return response.statusCode() < FIRST_ERROR_STATUS ? response.body() : "";
    } catch (IOException notServing) {
      return "";
    }
  }

  /** Members on ports that were free just now. */
  private static List<Part> parts(Path directory) throws IOException {
    List<String> urls = freeUrls(2 * MEMBERS);
    List<String> cluster = new ArrayList<>();
    for (int number = 0; number < MEMBERS; number++) {
      cluster.add("m" + number + "=" + urls.get(number));
    }
    List<Part> parts = new ArrayList<>();
    for (int number = 0; number < MEMBERS; number++) {
      String name = "m" + number;
      String clientUrl = urls.get(MEMBERS + number);
      List<String> flags = new ArrayList<>();
      flags.addAll(List.of("--name", name, "--data-dir", directory.resolve(name).toString()));
      flags.addAll(List.of("--listen-client-urls", clientUrl));
      flags.addAll(List.of("--advertise-client-urls", clientUrl));
      flags.addAll(List.of("--listen-peer-urls", urls.get(number)));
      flags.addAll(List.of("--initial-advertise-peer-urls", urls.get(number)));
      flags.addAll(List.of("--initial-cluster", String.join(",", cluster)));
      flags.addAll(
          List.of(
              "--snapshot-count", SNAPSHOT_COUNT, "--log-package-levels", "*=ERROR,pekko=ERROR"));
      parts.add(new Part(name, clientUrl, flags));
    }
    return parts;
  }

  private static List<String> freeUrls(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int number = 0; number < count; number++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(socket -> "http://127.0.0.1:" + socket.getLocalPort()).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One of the members, which comes and goes. */
  private static final class Part {
    private final String name;
    private final String clientUrl;
    private final List<String> flags;
    private RunningMember member;

    private Part(String name, String clientUrl, List<String> flags) {
      this.name = name;
      this.clientUrl = clientUrl;
      this.flags = flags;
    }

    private void enter() throws StartRefused {
      member = RunningMember.start(flags);
    }

    /** Until its sockets and files are free. */
    private void leave() {
      member.close();
      member.ended().toCompletableFuture().join();
    }
  }
}
