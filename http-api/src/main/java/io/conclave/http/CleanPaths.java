package io.conclave.http;

import io.conclave.raft.core.Bytes;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Connection;

/**
 * Passes requests for clean paths on, and redirects the others (spec v2-keys §18). A request for
 * the server as a whole, {@code *}, is refused: only OPTIONS may ask that.
 */
public record CleanPaths(RequestHandler handler) implements RequestHandler {
  private static final Bytes SERVER = Bytes.utf8("*");

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    if (target.path().equals(SERVER)) {
      return Responses.now(Responses.empty(400).addHeader(Connection.create("close")));
    }
    if (target.isClean()) {
      return handler.handle(request, target);
    }
    String location = Redirects.location(target);
    return Responses.now(Responses.redirect(location, request.method().value()));
  }
}
