package io.conclave.http.routes;

import io.conclave.http.EtcdHeaders;
import io.conclave.http.RequestTarget;
import io.conclave.http.Responses;
import io.conclave.http.ServerIdentity;
import io.conclave.http.keys.KeysRoute;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;

/**
 * Answers what Pekko's parser refuses before any route (divergence 19). It is named in the
 * settings, made by Pekko for each connection, and gets to see a text about the error only.
 *
 * <p>Two refusals are answered as etcd's router would: a method that isn't one, and a bad escape in
 * the query of a key. All others get a plain 400; the connection is closed after each.
 */
public final class UnparsableRequests extends ParsingErrorHandler {
  private static final String METHOD = "Unsupported HTTP method";
  private static final String CONNECT = "CONNECT requests are not supported";
  private static final int URI_TOO_LONG = 414;
  private static final int HEADERS_TOO_LARGE = 431;
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern TARGET = Pattern.compile("^(/[^\\s]*)$", Pattern.MULTILINE);

  @Override
  public HttpResponse handle(
      StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
    log.debug("refused: {}", error.summary());
    ServerIdentity server = ServerIdentity.of(settings);
    return routed(error, server.headers())
        .map(server::allow)
        .orElseGet(() -> refusal(status, error));
  }

  /** What etcd's router would answer; all others its HTTP server refuses, as ours does. */
  private static Optional<HttpResponse> routed(ErrorInfo error, EtcdHeaders headers) {
    if (error.summary().equals(CONNECT)
        || (error.summary().equals(METHOD) && TOKEN.matcher(error.detail()).matches())) {
      return Optional.of(KeysRoute.methodNotAllowed());
    }
    return target(error).flatMap(target -> KeysRoute.badQuery(target, headers));
  }

  private static HttpResponse refusal(StatusCode status, ErrorInfo error) {
    return switch (status.intValue()) {
      case URI_TOO_LONG, HEADERS_TOO_LARGE -> Responses.headTooLarge(error.summary());
      default -> Responses.badRequest(reason(error));
    };
  }

  private static String reason(ErrorInfo error) {
    return error.summary().endsWith("in header name") ? "invalid header name" : "";
  }

  /** The target stands on a line of its own, above a mark that shows where it is bad. */
  private static Optional<RequestTarget> target(ErrorInfo error) {
    Matcher line = TARGET.matcher(error.detail());
    return line.find() ? RequestTarget.parse(line.group(1)) : Optional.empty();
  }
}
