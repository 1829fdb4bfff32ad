package io.conclave.testkit.golden;

import io.conclave.testkit.golden.ReplayResult.Mismatch;
import io.conclave.testkit.wire.Readiness;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replays recordings over HTTP and compares byte for byte, apart from what may differ between two
 * servers: indexes are offsets from the start, identifiers and times are placeholders. Sleeps in a
 * recording are real time. Safe for several threads, each with a server of its own.
 */
public final class GoldenReplay {
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
  private static final Pattern OFFSET = Pattern.compile("<idx:\\+(\\d+)>");

  private final ExpectedDifferences expected;
  private final Set<String> ignoredHeaders;
  private final Duration settle;

  /**
   * Prepares replays.
   *
   * @param expected the steps that differ on purpose; one that does not differ is a mismatch too
   * @param ignoredHeaders names in lower case that are not compared
   * @param settle how long the index of a fresh server must rest before it counts as started
   */
  public GoldenReplay(ExpectedDifferences expected, Set<String> ignoredHeaders, Duration settle) {
    this.expected = expected;
    this.ignoredHeaders = Set.copyOf(ignoredHeaders);
    this.settle = settle;
  }

  /**
   * Starts the server, replays the recording, and leaves the server running.
   *
   * @throws TimeoutException when the server does not become ready within three minutes
   * @throws IllegalStateException when it ends by itself, or holds keys already
   */
  public ReplayResult replay(GoldenFile file, ServerUnderTest server)
      throws IOException, InterruptedException, TimeoutException {
    server.start(file.serverArguments());
    long start = awaitReady(server);
    requireFresh(server);
    IndexOffsets indexes = new IndexOffsets(start);
    Placeholders placeholders = new Placeholders(server.clientUrl(), server.peerUrl(), indexes);
    try (GoldenPlayer player =
        new GoldenPlayer(server, placeholders, kill -> restart(server, kill))) {
      Tally tally = new Tally(file.scenario(), placeholders);
      for (GoldenStep step : file.steps()) {
        tally.add(step, play(player, step));
        tally.scheduled(step.length());
      }
      return new ReplayResult(
          file.scenario(), tally.matched, tally.differAsListed, tally.mismatches);
    }
  }

  private static Optional<GoldenPlayer.Played> play(GoldenPlayer player, GoldenStep step)
      throws InterruptedException {
    try {
      return player.play(step);
    } catch (IOException e) {
      return Optional.of(GoldenPlayer.Played.of(Answer.of("error", e.toString())));
    }
  }

  private void restart(ServerUnderTest server, boolean kill)
      throws IOException, InterruptedException {
    server.restart(kill);
    try {
      awaitReady(server);
    } catch (TimeoutException e) {
      throw new IOException("not ready after a restart", e);
    }
  }

  private long awaitReady(ServerUnderTest server) throws TimeoutException, InterruptedException {
    try {
      return Readiness.await(server.clientUrl(), settle, READY_TIMEOUT, server::requireAlive);
    } catch (TimeoutException e) {
      TimeoutException withLog = new TimeoutException(e.getMessage() + server.lastWords());
      withLog.initCause(e);
      throw withLog;
    }
  }

  private static void requireFresh(ServerUnderTest server) throws IOException {
    String root =
        WireConnection.exchange(server.clientUrl(), WireRequest.get("/v2/keys/"), READY_TIMEOUT)
            .body()
            .utf8();
    if (root.contains("\"nodes\"")) {
      throw new IllegalStateException("the server is not fresh, it holds keys already");
    }
  }

  /** Compares and counts while a recording is replayed. */
  private final class Tally {
    private final String scenario;
    private final Placeholders placeholders;
    private final List<Mismatch> mismatches = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private Duration scheduled = Duration.ZERO;
    private int matched;
    private int differAsListed;

    Tally(String scenario, Placeholders placeholders) {
      this.scenario = scenario;
      this.placeholders = placeholders;
    }

    void add(GoldenStep step, Optional<GoldenPlayer.Played> played) {
      List<String> differences = differences(step, played);
      if (step.expected().isEmpty() && differences.isEmpty()) {
        return;
      }
      Optional<String> reason = expected.reason(scenario, step.number());
      if (reason.isPresent() && differences.isEmpty()) {
        String wrong = "matches, but is listed as different: " + reason.get();
        mismatches.add(new Mismatch(step.number(), step.describe(), List.of(wrong)));
      } else if (reason.isPresent()) {
        differAsListed++;
        played.ifPresent(actual -> skipRefusedWrite(step, actual.answer()));
      } else if (differences.isEmpty()) {
        matched++;
      } else {
        mismatches.add(new Mismatch(step.number(), step.describe(), differences));
      }
    }

    private List<String> differences(GoldenStep step, Optional<GoldenPlayer.Played> played) {
      Answer want = step.expected().orElse(Answer.NOTHING);
      Answer got = played.map(GoldenPlayer.Played::answer).orElse(Answer.NOTHING);
      List<String> differences =
          new ArrayList<>(want.differences(got, ignoredHeaders, lagSeconds()));
      differences.addAll(placeholders.takeNotes());
      played.ifPresent(actual -> differences.addAll(actual.complaints()));
      return differences;
    }

    /** Adds time that the recording itself let pass. */
    void scheduled(Duration length) {
      scheduled = scheduled.plus(length);
    }

    /** How far this replay is behind the recording, which took hardly longer than its pauses. */
    private long lagSeconds() {
      return Duration.ofNanos(System.nanoTime() - startNanos).minus(scheduled).toSeconds();
    }

    /** A write that this server refuses on purpose has no index here. */
    private void skipRefusedWrite(GoldenStep step, Answer got) {
      if (step instanceof GoldenStep.Exchange exchange
          && !exchange.request().method().equals("GET")
          && exchange.answer().isWritten()
          && got.isAtLeast(400)) {
        Matcher offset =
            OFFSET.matcher(exchange.answer().headers().getOrDefault("x-etcd-index", ""));
        if (offset.matches()) {
          placeholders.indexes().skip(Long.parseLong(offset.group(1)));
        }
      }
    }
  }
}
