package io.conclave.http;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * Answers requests. Called by many connections at a time, on the dispatcher that they share with
 * everything else on the path of a request, so it must never block.
 */
@FunctionalInterface
public interface RequestHandler {
  /**
   * @param request its entity may still be on the way; the handler consumes or discards it
   * @param target never read the request's own URI instead
   */
  CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target);
}
