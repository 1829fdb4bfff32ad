package io.conclave.http.routes;

import io.conclave.http.CleanPaths;
import io.conclave.http.EtcdHeaders;
import io.conclave.http.HttpSettings;
import io.conclave.http.MemberGateways;
import io.conclave.http.RequestBodies;
import io.conclave.http.RequestHandler;
import io.conclave.http.RequestTarget;
import io.conclave.http.Responses;
import io.conclave.http.StatusRoutes;
import io.conclave.http.members.MembersJson;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Materializer;

/**
 * What the peer port serves over HTTP: what joining members and proxies of 2.3.8 read (spec
 * v2-cluster §13). Members talk to each other by a protocol of our own (divergence 21).
 */
public final class PeerRoutes implements RequestHandler {
  private final RequestHandler handler = new CleanPaths(this::route);
  private final MemberGateways gateways;
  private final EtcdHeaders headers;
  private final RequestBodies bodies;
  private final StatusRoutes status;

  public PeerRoutes(ActorSystem<?> system, HttpSettings settings, MemberGateways gateways) {
    this.gateways = gateways;
    this.headers = new EtcdHeaders(gateways.published().view().get().clusterId());
    this.bodies = new RequestBodies(Materializer.matFromSystem(system), settings);
    this.status = new StatusRoutes(gateways, bodies);
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    return handler.handle(request, target);
  }

  private CompletionStage<HttpResponse> route(HttpRequest request, RequestTarget target) {
    return switch (target.pathText()) {
      case "/version" -> status.version(request);
      case "/members" -> bodies.discard(request).thenApply(none -> members(request));
      default -> bodies.discard(request).thenApply(none -> Responses.notFound());
    };
  }

  private HttpResponse members(HttpRequest request) {
    return request.method().value().equals("GET")
        ? Responses.of(
            200,
            Responses.JSON,
            MembersJson.forPeers(gateways.published().tree().get().members()),
            headers.cluster())
        : Responses.methodNotAllowed("GET");
  }
}
