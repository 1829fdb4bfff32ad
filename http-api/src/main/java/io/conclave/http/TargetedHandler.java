package io.conclave.http;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.model.headers.RawRequestURI;

/** Reads each request's target as it came over the wire, for a handler that routes by it. */
final class TargetedHandler {
  private static final HttpHeader CLOSE = Connection.create("close");

  private final RequestHandler handler;

  TargetedHandler(RequestHandler handler) {
    this.handler = handler;
  }

  CompletionStage<HttpResponse> handle(HttpRequest request) {
    Optional<RequestTarget> target = RequestTarget.parse(rawTarget(request));
    return target.isPresent()
        ? handler.handle(request, target.get())
        : Responses.now(Responses.badRequest("").addHeader(CLOSE));
  }

  /** The header stands first: Pekko's parser puts it there. */
  private static String rawTarget(HttpRequest request) {
    for (HttpHeader header : request.getHeaders()) {
      if (header instanceof RawRequestURI raw) {
        return raw.uri();
      }
    }
    throw new IllegalStateException("raw-request-uri-header is off");
  }
}
