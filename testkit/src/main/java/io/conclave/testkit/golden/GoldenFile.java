package io.conclave.testkit.golden;

import io.conclave.raft.core.Bytes;
import io.conclave.testkit.golden.GoldenStep.Comparison;
import io.conclave.testkit.golden.GoldenStep.Request;
import io.conclave.testkit.wire.WireHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A recording of HTTP exchanges with an etcd server, one JSON object a line: first what it is, then
 * its steps.
 *
 * @see GoldenReplay
 */
public final class GoldenFile {
  private static final Duration READ_WAIT = Duration.ofSeconds(8);

  private final String scenario;
  private final List<String> serverArguments;
  private final boolean restarts;
  private final List<GoldenStep> steps;

  private GoldenFile(
      String scenario, List<String> serverArguments, boolean restarts, List<GoldenStep> steps) {
    this.scenario = scenario;
    this.serverArguments = List.copyOf(serverArguments);
    this.restarts = restarts;
    this.steps = List.copyOf(steps);
  }

  /**
   * Reads a recording.
   *
   * @throws IllegalArgumentException naming the line that is not understood
   */
  public static GoldenFile read(Path path) throws IOException {
    List<String> lines = Files.readAllLines(path).stream().filter(l -> !l.isBlank()).toList();
    Json.Obj header = (Json.Obj) JsonParser.parse(lines.getFirst());
    if (header.has("ready")) {
      throw new IllegalArgumentException(path + ": recordings of v1 are not understood");
    }
    List<GoldenStep> steps = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      try {
        steps.add(step((Json.Obj) JsonParser.parse(lines.get(i))));
      } catch (IllegalArgumentException | ClassCastException | NoSuchElementException e) {
        throw new IllegalArgumentException(path + " line " + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    return new GoldenFile(
        text(header, "scenario").orElseThrow(),
        texts(header, "serverArgs"),
        text(header, "needs").equals(Optional.of("restart")),
        steps);
  }

  /** The name by which a list of expected differences calls this file. */
  public String scenario() {
    return scenario;
  }

  /** Flags that the server needs besides its usual ones. */
  public List<String> serverArguments() {
    return serverArguments;
  }

  /** Whether steps stop the server and start it again. */
  public boolean restarts() {
    return restarts;
  }

  List<GoldenStep> steps() {
    return steps;
  }

  private static GoldenStep step(Json.Obj line) {
    int number = Math.toIntExact(number(line, "step").orElseThrow());
    Optional<Answer> answer =
        line.find("response").map(response -> Answer.recorded((Json.Obj) response));
    if (line.has("deferred")) {
      throw new IllegalArgumentException("deferred requests are not understood");
    }
    if (line.has("sleepMs")) {
      return new GoldenStep.Sleep(number, millis(line, "sleepMs").orElseThrow());
    }
    if (line.has("control")) {
      return new GoldenStep.Restart(number, text(line, "signal").equals(Optional.of("KILL")));
    }
    if (line.has("close")) {
      return new GoldenStep.Close(number, text(line, "close").orElseThrow());
    }
    if (line.has("read")) {
      Duration wait = millis(line, "waitMs").orElse(READ_WAIT);
      String connection = text(line, "read").orElseThrow();
      return new GoldenStep.Read(number, connection, wait, answer.orElseThrow());
    }
    if (line.has("silent")) {
      Duration wait = millis(line, "forMs").orElseThrow();
      String connection = text(line, "silent").orElseThrow();
      return new GoldenStep.Silent(number, connection, wait, answer.orElseThrow());
    }
    Request request = request(line);
    if (line.has("open")) {
      String connection = text(line, "open").orElseThrow();
      return new GoldenStep.Open(number, connection, request, answer.orElseThrow());
    }
    return new GoldenStep.Exchange(number, request, comparison(line), answer.orElseThrow());
  }

  private static Comparison comparison(Json.Obj line) {
    return switch (text(line, "compare").orElse("")) {
      case "" -> Comparison.WHOLE;
      case "status" -> Comparison.STATUS;
      case "keys" -> Comparison.KEYS;
      case "metricNames" -> Comparison.METRIC_NAMES;
      case String other -> throw new IllegalArgumentException("unknown comparison " + other);
    };
  }

  private static Request request(Json.Obj line) {
    Json.Obj request = (Json.Obj) line.find("request").orElseThrow();
    List<WireHeader> headers = new ArrayList<>();
    request
        .find("headers")
        .ifPresent(
            fields -> {
              for (Json.Member field : ((Json.Obj) fields).members()) {
                headers.add(new WireHeader(field.name(), ((Json.Str) field.value()).value()));
              }
            });
    Optional<Json.Arr> repeat = request.find("bodyRepeat").map(pair -> (Json.Arr) pair);
    return new Request(
        text(request, "method").orElseThrow(),
        text(request, "path").orElseThrow(),
        List.copyOf(headers),
        text(request, "body"),
        text(request, "bodyB64").map(GoldenFile::base64),
        repeat.map(pair -> ((Json.Str) pair.elements().getFirst()).value()).orElse(""),
        repeat.map(pair -> Integer.parseInt(pair.elements().getLast().text())).orElse(0),
        text(request, "to").equals(Optional.of("peer")),
        request.has("unordered"),
        millis(line, "timeoutMs").or(() -> millis(request, "timeoutMs")));
  }

  private static Bytes base64(String encoded) {
    return Bytes.adopt(Base64.getDecoder().decode(encoded.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Optional<String> text(Json.Obj object, String name) {
    return object
        .find(name)
        .filter(value -> value instanceof Json.Str)
        .map(value -> ((Json.Str) value).value());
  }

  private static List<String> texts(Json.Obj object, String name) {
    return object.find(name).map(list -> ((Json.Arr) list).elements()).orElse(List.of()).stream()
        .map(element -> ((Json.Str) element).value())
        .toList();
  }

  private static Optional<Long> number(Json.Obj object, String name) {
    return object.find(name).map(value -> Long.parseLong(value.text()));
  }

  private static Optional<Duration> millis(Json.Obj object, String name) {
    return number(object, name).map(Duration::ofMillis);
  }
}
