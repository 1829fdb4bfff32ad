package io.conclave.http;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Passes requests for clean paths on, and redirects the others (spec v2-keys §18). */
public record CleanPaths(RequestHandler handler) implements RequestHandler {
  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    if (target.isClean()) {
      return handler.handle(request, target);
    }
    String location = Redirects.location(target);
    return Responses.now(Responses.redirect(location, request.method().value()));
  }
}
