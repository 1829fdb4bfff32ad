package io.conclave.http.routes;

import io.conclave.http.EtcdHeaders;
import io.conclave.http.MessageErrors;
import io.conclave.http.RequestBodies;
import io.conclave.http.RequestHandler;
import io.conclave.http.RequestTarget;
import io.conclave.http.Responses;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.util.ByteString;

/**
 * {@code /v2/auth} and all below it (spec v2-auth §1): the table of paths and methods, and the
 * answer that authentication is off, which clients ask for before anything else.
 */
final class AuthRoutes implements RequestHandler {
  private static final String PREFIX = "/v2/auth/";

  private final EtcdHeaders headers;
  private final RequestBodies bodies;

  AuthRoutes(EtcdHeaders headers, RequestBodies bodies) {
    this.headers = headers;
    this.bodies = bodies;
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    String below = target.pathText().substring(PREFIX.length());
    String method = request.method().value();
    return bodies.discard(request).thenApply(none -> answer(method, below));
  }

  private HttpResponse answer(String method, String below) {
    if (below.equals("enable")) {
      return enable(method);
    }
    String[] parts = below.split("/", -1);
    if (!parts[0].equals("users") && !parts[0].equals("roles")) {
      return Responses.notFound();
    }
    if (parts.length > 2) {
      return MessageErrors.of(400, "Invalid path", headers.cluster());
    }
    boolean whole = parts.length == 1 || parts[1].isEmpty();
    return offered(method, whole ? List.of("GET") : List.of("GET", "PUT", "DELETE"));
  }

  private HttpResponse enable(String method) {
    return method.equals("GET")
        ? Responses.of(
            200, Responses.JSON, ByteString.fromString("{\"enabled\":false}\n"), headers.cluster())
        : offered(method, List.of("GET", "PUT", "DELETE"));
  }

  private HttpResponse offered(String method, List<String> allowed) {
    return allowed.contains(method)
        ? MessageErrors.notImplementedYet(headers.cluster())
        : Responses.methodNotAllowed(String.join(",", allowed));
  }
}
