package io.conclave.http;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.model.headers.RawRequestURI;

/**
 * Reads each request's target as it came over the wire, for a handler that routes by it. Refuses
 * what no handler can be asked, as Go's server does before any route.
 */
final class TargetedHandler {
  private static final HttpHeader CLOSE = Connection.create("close");
  private static final String CONTINUE = "100-continue";

  private final RequestHandler handler;

  TargetedHandler(RequestHandler handler) {
    this.handler = handler;
  }

  CompletionStage<HttpResponse> handle(HttpRequest request) {
    Optional<RequestTarget> target = RequestTarget.parse(rawTarget(request));
    if (target.isEmpty()) {
      return Responses.now(Responses.badRequest("").addHeader(CLOSE));
    }
    return expectsTheUnknown(request)
        ? Responses.now(Responses.empty(417).addHeader(CLOSE))
        : handler.handle(request, target.get());
  }

  /** What can be expected is told by Pekko's layer, which answers {@code 100-continue} itself. */
  private static boolean expectsTheUnknown(HttpRequest request) {
    for (HttpHeader header : request.getHeaders()) {
      if (header.is("expect")) {
        String expected = header.value();
        return !expected.isEmpty() && !expected.toLowerCase(Locale.ROOT).contains(CONTINUE);
      }
    }
    return false;
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
