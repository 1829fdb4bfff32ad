package io.conclave.testkit.golden;

import io.conclave.raft.core.Bytes;
import io.conclave.testkit.golden.GoldenStep.Comparison;
import io.conclave.testkit.golden.GoldenStep.Request;
import io.conclave.testkit.wire.ConnectionDropped;
import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireHead;
import io.conclave.testkit.wire.WireHeader;
import io.conclave.testkit.wire.WireRequest;
import io.conclave.testkit.wire.WireResponse;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Carries out the steps of one recording and says what came back, in placeholders. */
final class GoldenPlayer implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Pattern METRIC_TYPE =
      Pattern.compile("^# TYPE (etcd_\\S+) (\\S+)", Pattern.MULTILINE);

  /** The headers that recordings have; all others are the server's own affair. */
  private static final Set<String> SIGNIFICANT =
      Set.of(
          "content-type",
          "x-etcd-cluster-id",
          "x-etcd-index",
          "x-raft-index",
          "x-raft-term",
          "allow",
          "location",
          "x-content-type-options",
          "www-authenticate",
          "access-control-allow-origin",
          "access-control-allow-methods",
          "access-control-allow-headers",
          "x-server-version");

  private final ServerUnderTest server;
  private final Placeholders placeholders;
  private final Restarter restarter;
  private final Map<String, OpenBody> open = new HashMap<>();

  /** Restarts the server and waits until it is ready. */
  interface Restarter {
    void restart(boolean kill) throws IOException, InterruptedException;
  }

  GoldenPlayer(ServerUnderTest server, Placeholders placeholders, Restarter restarter) {
    this.server = server;
    this.placeholders = placeholders;
    this.restarter = restarter;
  }

  /** What came back, and what is wrong with it that placeholders hide. */
  record Played(Answer answer, List<String> complaints) {
    static Played of(Answer answer) {
      return new Played(answer, List.of());
    }
  }

  /** Does one step; nothing comes back from steps that only do something. */
  Optional<Played> play(GoldenStep step) throws IOException, InterruptedException {
    return switch (step) {
      case GoldenStep.Exchange exchange -> Optional.of(exchange(exchange));
      case GoldenStep.Open opening -> Optional.of(Played.of(open(opening)));
      case GoldenStep.Read read -> Optional.of(Played.of(read(read)));
      case GoldenStep.Silent silent -> {
        boolean isSilent = opened(silent.connection()).isSilent(silent.patience());
        yield Optional.of(Played.of(Answer.of("silent", Boolean.toString(isSilent))));
      }
      case GoldenStep.Close close -> {
        opened(close.connection()).close();
        open.remove(close.connection());
        Thread.sleep(50);
        yield Optional.empty();
      }
      case GoldenStep.Sleep sleep -> {
        Thread.sleep(sleep.pause());
        yield Optional.empty();
      }
      case GoldenStep.Restart restart -> {
        restarter.restart(restart.kill());
        yield Optional.empty();
      }
    };
  }

  @Override
  public void close() {
    open.values().forEach(OpenBody::close);
  }

  private Played exchange(GoldenStep.Exchange step) throws IOException {
    Request request = step.request();
    WireResponse response;
    try {
      Duration timeout = request.timeout().orElse(TIMEOUT);
      response = WireConnection.exchange(base(request), wire(request), timeout);
    } catch (SocketTimeoutException e) {
      if (request.timeout().isEmpty()) {
        throw e;
      }
      return Played.of(Answer.of("noAnswer", "true"));
    } catch (ConnectionDropped | SocketException e) {
      server.requireAlive();
      return Played.of(Answer.of("dropped", "true"));
    }
    String body = decode(response.body());
    List<String> complaints =
        step.comparison() == Comparison.WHOLE && !request.path().contains("wait")
            ? ExpirationCheck.complaints(body, Instant.now())
            : List.of();
    boolean hasBody = !request.method().equals("HEAD") && step.comparison() == Comparison.WHOLE;
    Answer answer =
        new Answer(
            facts(response.head()),
            headers(response.head()),
            hasBody
                ? Optional.of(new BodyNormalizer(placeholders, request).normalize(body))
                : Optional.empty(),
            summary(step.comparison(), body));
    return new Played(answer, complaints);
  }

  private Answer open(GoldenStep.Open step) throws IOException {
    WireConnection connection = WireConnection.open(base(step.request()), TIMEOUT);
    open.put(step.connection(), new OpenBody(connection, step.request()));
    connection.send(wire(step.request()));
    WireHead head = connection.readHead();
    return new Answer(facts(head), headers(head), Optional.empty(), Optional.empty());
  }

  private Answer read(GoldenStep.Read step) throws IOException {
    OpenBody body = opened(step.connection());
    try {
      OpenBody.Line line = body.readLine(step.patience());
      BodyNormalizer normalizer = new BodyNormalizer(placeholders, body.request());
      return Answer.line(normalizer.normalize(decode(line.bytes())), line.ended());
    } catch (SocketTimeoutException e) {
      return Answer.of("error", "timeout");
    }
  }

  private OpenBody opened(String name) throws IOException {
    OpenBody body = open.get(name);
    if (body == null) {
      throw new IOException(name + " is not open");
    }
    return body;
  }

  private URI base(Request request) {
    return request.toPeer() ? server.peerUrl() : server.clientUrl();
  }

  private WireRequest wire(Request request) {
    List<WireHeader> headers =
        request.headers().stream()
            .map(header -> new WireHeader(header.name(), placeholders.fill(header.value())))
            .toList();
    Optional<Bytes> body =
        request.bytes().or(() -> request.body().map(placeholders::fill).map(Bytes::utf8));
    if (request.times() > 0) {
      Bytes repeated = Bytes.utf8(request.piece().repeat(request.times()));
      body = Optional.of(body.orElse(Bytes.EMPTY).concat(repeated));
    }
    return new WireRequest(request.method(), placeholders.fill(request.path()), headers, body);
  }

  private static SortedMap<String, String> facts(WireHead head) {
    return new TreeMap<>(Map.of("status", Integer.toString(head.status())));
  }

  private SortedMap<String, String> headers(WireHead head) {
    SortedMap<String, String> headers = new TreeMap<>();
    for (WireHeader header : head.headers()) {
      String name = header.name().toLowerCase(Locale.ROOT);
      if (SIGNIFICANT.contains(name)) {
        String value = placeholders.header(name, header.value());
        headers.merge(name, value, (first, next) -> first + ", " + next);
      }
    }
    return headers;
  }

  private static Optional<SortedSet<String>> summary(Comparison comparison, String body) {
    return switch (comparison) {
      case WHOLE, STATUS -> Optional.empty();
      case KEYS -> Optional.of(names(body));
      case METRIC_NAMES ->
          Optional.of(
              METRIC_TYPE
                  .matcher(body)
                  .results()
                  .map(type -> type.group(1) + " " + type.group(2))
                  .collect(Collectors.toCollection(TreeSet::new)));
    };
  }

  private static SortedSet<String> names(String body) {
    try {
      return JsonParser.parse(body) instanceof Json.Obj object
          ? object.members().stream()
              .map(Json.Member::name)
              .collect(Collectors.toCollection(TreeSet::new))
          : new TreeSet<>();
    } catch (IllegalArgumentException e) {
      return new TreeSet<>(Set.of("not JSON: " + e.getMessage()));
    }
  }

  /** No recording has a body that is not UTF-8, so none may become equal to one by repair. */
  private static String decode(Bytes body) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(body.unsafeArray()))
          .toString();
    } catch (CharacterCodingException e) {
      return "not UTF-8: " + body.utf8();
    }
  }
}
