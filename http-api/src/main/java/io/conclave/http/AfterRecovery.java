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
 * @param recovered done when there is something to serve; fails when there never will be
 * @param executor runs the handler of requests that have waited
 */
public record AfterRecovery(
    RequestHandler handler, CompletableFuture<Void> recovered, Executor executor)
    implements RequestHandler {
  private static final String STOPPING = "the member stops before it has its data back\n";

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    return recovered.state() == CompletableFuture.State.SUCCESS
        ? handler.handle(request, target)
        : recovered
            .handleAsync(
                (done, failure) ->
                    failure == null
                        ? handler.handle(request, target)
                        : Responses.now(Responses.plainError(503, STOPPING)),
                executor)
            .thenCompose(answer -> answer);
  }
}
