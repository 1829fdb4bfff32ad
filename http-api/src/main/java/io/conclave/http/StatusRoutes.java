package io.conclave.http;

import io.conclave.keyspace.tree.KeySpace;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * {@code /version}, {@code /health} and {@code /v2/machines} (spec v2-cluster §7, §9, §10). Clients
 * parse the version, so it stays that of the server whose API this is.
 */
public final class StatusRoutes {
  private static final String SERVER_VERSION = "2.3.8";

  private final MemberGateways gateways;
  private final RequestBodies bodies;

  public StatusRoutes(MemberGateways gateways, RequestBodies bodies) {
    this.gateways = gateways;
    this.bodies = bodies;
  }

  public CompletionStage<HttpResponse> version(HttpRequest request) {
    return get(request, this::version);
  }

  /** Answers at once from what the member knows (divergence 9). */
  public CompletionStage<HttpResponse> health(HttpRequest request) {
    return get(request, this::health);
  }

  public CompletionStage<HttpResponse> machines(HttpRequest request) {
    return bodies
        .discard(request)
        .thenApply(
            none ->
                switch (request.method().value()) {
                  case "GET", "HEAD" -> machines();
                  default -> Responses.methodNotAllowed("GET,HEAD");
                });
  }

  private CompletionStage<HttpResponse> get(HttpRequest request, Answer answer) {
    boolean get = request.method().value().equals("GET");
    return bodies
        .discard(request)
        .thenApply(none -> get ? answer.now() : Responses.methodNotAllowed("GET"));
  }

  private HttpResponse version() {
    String decided = tree().clusterVersion();
    String cluster = decided.isEmpty() ? "not_decided" : decided;
    JsonBytes json = new JsonBytes(64);
    json.raw("{\"etcdserver\":").string(SERVER_VERSION);
    json.raw(",\"etcdcluster\":").string(cluster).raw('}');
    return Responses.of(200, Responses.JSON, json.toByteString());
  }

  private HttpResponse health() {
    return gateways.published().view().get().hasLeader()
        ? Responses.of(200, Responses.TEXT, "{\"health\": \"true\"}")
        : Responses.plainError(503, "{\"health\": \"false\"}\n");
  }

  private HttpResponse machines() {
    String urls =
        tree().members().stream()
            .flatMap(member -> member.clientUrls().stream())
            .sorted()
            .collect(Collectors.joining(", "));
    return Responses.of(200, Responses.TEXT, urls);
  }

  private KeySpace tree() {
    return gateways.published().tree().get();
  }

  /** Makes one answer. */
  @FunctionalInterface
  private interface Answer {
    HttpResponse now();
  }
}
