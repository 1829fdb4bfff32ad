package io.conclave.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * Lets requests wait until the member has its data back. The ports are bound before that, as etcd's
 * are, but a tree that lacks what was acknowledged before the start must not be served.
 *
 * @param recovered done when there is something to serve
 * @param executor runs the handler of requests that have waited
 */
public record AfterRecovery(
    RequestHandler handler, CompletableFuture<Void> recovered, Executor executor)
    implements RequestHandler {
  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    return recovered.isDone()
        ? handler.handle(request, target)
        : recovered.thenComposeAsync(done -> handler.handle(request, target), executor);
  }
}
