package io.conclave.http;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * Answers every OPTIONS request, and adds cross-origin headers to all answers of the client port
 * (spec v2-cluster §12).
 */
public final class Cors implements RequestHandler {
  static final String ANY = "*";
  private static final HttpHeader METHODS =
      RawHeader.create("Access-Control-Allow-Methods", "POST, GET, OPTIONS, PUT, DELETE");
  private static final HttpHeader HEADERS =
      RawHeader.create("Access-Control-Allow-Headers", "accept, content-type, authorization");

  private final Set<String> origins;
  private final RequestHandler handler;

  /**
   * @param origins compared exactly; {@code *} allows all; without any, no header is added
   */
  public Cors(List<String> origins, RequestHandler handler) {
    this.origins = listed(origins);
    this.handler = handler;
  }

  /** Pages of every origin may read the answers. */
  static boolean allowsAny(List<String> origins) {
    return listed(origins).contains(ANY);
  }

  private static Set<String> listed(List<String> origins) {
    return origins.stream()
        .map(String::strip)
        .filter(o -> !o.isEmpty())
        .collect(Collectors.toSet());
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    CompletionStage<HttpResponse> answer =
        request.method().value().equals("OPTIONS")
            ? Responses.now(Responses.empty(200))
            : handler.handle(request, target);
    Optional<String> origin = allowedOrigin(request);
    return origin.isEmpty() ? answer : answer.thenApply(response -> allow(response, origin.get()));
  }

  private Optional<String> allowedOrigin(HttpRequest request) {
    if (origins.isEmpty()) {
      return Optional.empty();
    }
    return origins.contains(ANY)
        ? Optional.of(ANY)
        : request.getHeader("Origin").map(HttpHeader::value).filter(origins::contains);
  }

  static HttpResponse allow(HttpResponse response, String origin) {
    HttpHeader allowed = RawHeader.create("Access-Control-Allow-Origin", origin);
    return response.addHeaders(List.of(METHODS, allowed, HEADERS));
  }
}
