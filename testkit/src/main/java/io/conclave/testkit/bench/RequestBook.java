package io.conclave.testkit.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Every request a workload may send to one target, rendered once so that sending costs a write and
 * nothing else. Keys lie a hundred to a directory.
 */
final class RequestBook {
  /** The directory that holds all keys of a run. */
  static final String ROOT = "/v2/keys/conclave-bench";

  private static final int KEYS_PER_DIRECTORY = 100;

  private final List<ByteBuffer> gets;
  private final List<ByteBuffer> quorumGets;
  private final List<ByteBuffer> puts;

  private RequestBook(List<ByteBuffer> gets, List<ByteBuffer> quorumGets, List<ByteBuffer> puts) {
    this.gets = gets;
    this.quorumGets = quorumGets;
    this.puts = puts;
  }

  /**
   * Renders all requests.
   *
   * @param keys how many keys
   * @param valueBytes length of each value
   * @param keepAlive whether connections stay open after an answer
   */
  static RequestBook of(Target target, int keys, int valueBytes, boolean keepAlive) {
    List<ByteBuffer> gets = new ArrayList<>(keys);
    List<ByteBuffer> quorumGets = new ArrayList<>(keys);
    List<ByteBuffer> puts = new ArrayList<>(keys);
    SplittableRandom random = new SplittableRandom(keys);
    for (int key = 0; key < keys; key++) {
      String path =
          "%s/d%04d/k%04d".formatted(ROOT, key / KEYS_PER_DIRECTORY, key % KEYS_PER_DIRECTORY);
      gets.add(get(target, path, keepAlive));
      quorumGets.add(get(target, path + "?quorum=true", keepAlive));
      puts.add(put(target, path, value(random, valueBytes), keepAlive));
    }
    return new RequestBook(gets, quorumGets, puts);
  }

  /** Each key written once, in order. */
  RequestSource fill() {
    return new RequestSource.Once(copies(puts));
  }

  /** An endless stream of requests of that workload, repeatable by its seed. */
  RequestSource endless(Workload workload, int writePercent, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return switch (workload) {
      case GET -> new RequestSource.Mix(copies(gets), List.of(), 0, random);
      case QUORUM_GET -> new RequestSource.Mix(copies(quorumGets), List.of(), 0, random);
      case PUT -> new RequestSource.Mix(List.of(), copies(puts), 100, random);
      case MIXED -> new RequestSource.Mix(copies(gets), copies(puts), writePercent, random);
      case WATCH, WATCH_POLL ->
          throw new IllegalArgumentException("not a closed loop: " + workload);
    };
  }

  /** The one request that removes all keys of a run. */
  static RequestSource removal(Target target) {
    return new RequestSource.Once(
        List.of(
            direct(
                "DELETE "
                    + ROOT
                    + "?recursive=true HTTP/1.1\r\n"
                    + headers(target, true)
                    + "\r\n")));
  }

  static ByteBuffer get(Target target, String path, boolean keepAlive) {
    return direct("GET " + path + " HTTP/1.1\r\n" + headers(target, keepAlive) + "\r\n");
  }

  static ByteBuffer put(Target target, String path, String value, boolean keepAlive) {
    String body = "value=" + value;
    return direct(
        "PUT "
            + path
            + " HTTP/1.1\r\n"
            + headers(target, keepAlive)
            + "Content-Type: application/x-www-form-urlencoded\r\n"
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  static String value(SplittableRandom random, int bytes) {
    StringBuilder value = new StringBuilder(bytes);
    for (int i = 0; i < bytes; i++) {
      value.append((char) ('a' + random.nextInt(26)));
    }
    return value.toString();
  }

  private static String headers(Target target, boolean keepAlive) {
    String host = "Host: " + target.authority() + "\r\nUser-Agent: conclave-bench\r\n";
    return keepAlive ? host : host + "Connection: close\r\n";
  }

  private static ByteBuffer direct(String request) {
    byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** The same memory under positions of its own, because each loop sends from its own thread. */
  private static List<ByteBuffer> copies(List<ByteBuffer> requests) {
    return requests.stream().map(ByteBuffer::duplicate).toList();
  }
}
