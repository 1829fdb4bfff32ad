package io.conclave.http.routes;

import io.conclave.http.CleanPaths;
import io.conclave.http.Cors;
import io.conclave.http.EtcdHeaders;
import io.conclave.http.HttpSettings;
import io.conclave.http.MemberGateways;
import io.conclave.http.MetricSource;
import io.conclave.http.ReadCounters;
import io.conclave.http.RequestBodies;
import io.conclave.http.RequestHandler;
import io.conclave.http.RequestTarget;
import io.conclave.http.Responses;
import io.conclave.http.StatusRoutes;
import io.conclave.http.keys.KeyLimits;
import io.conclave.http.keys.KeysRoute;
import io.conclave.http.members.MembersRoute;
import io.conclave.http.members.StatsRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Materializer;

/** All that the client port serves (spec v2-cluster §1). */
public final class ClientRoutes implements RequestHandler {
  private final RequestHandler handler;
  private final RequestBodies bodies;
  private final ReadCounters counters = new ReadCounters();
  private final KeysRoute keys;
  private final MembersRoute members;
  private final StatsRoute stats;
  private final AuthRoutes auth;
  private final StatusRoutes status;
  private final MetricsRoutes metrics;
  private final LogLevelRoute logLevel;

  public ClientRoutes(ActorSystem<?> system, HttpSettings settings, MemberGateways gateways) {
    EtcdHeaders headers = new EtcdHeaders(gateways.published().view().get().clusterId());
    KeyLimits limits =
        new KeyLimits(
            settings.formBytesMax(),
            settings.keyBytesMax(),
            settings.keyDepthMax(),
            settings.valueBytesMax());
    this.handler = new Cors(settings.corsOrigins(), new CleanPaths(this::route));
    this.bodies = new RequestBodies(Materializer.matFromSystem(system), settings);
    this.keys = new KeysRoute(system, limits, settings, gateways, headers, bodies, counters);
    this.members = new MembersRoute(system, gateways, headers, bodies);
    this.stats = new StatsRoute(gateways, counters, bodies);
    this.auth = new AuthRoutes(headers, bodies);
    this.status = new StatusRoutes(gateways, bodies);
    this.metrics = new MetricsRoutes(gateways, metrics(gateways), bodies);
    this.logLevel = new LogLevelRoute(gateways.logLevels(), bodies);
  }

  private List<MetricSource> metrics(MemberGateways gateways) {
    List<MetricSource> all = new ArrayList<>(keys.metrics());
    all.add(bodies);
    all.add(new RaftMetrics(gateways));
    all.addAll(gateways.metrics());
    return all;
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    return handler.handle(request, target);
  }

  /** Ends open watches and those to come; for a server that is about to stop. */
  public void endWatches() {
    keys.endWatches();
  }

  private CompletionStage<HttpResponse> route(HttpRequest request, RequestTarget target) {
    if (KeysRoute.serves(target)) {
      return keys.handle(request, target);
    }
    String path = target.pathText();
    return switch (path) {
      case "/version" -> status.version(request);
      case "/health" -> status.health(request);
      case "/v2/machines" -> status.machines(request);
      case "/v2/stats/self", "/v2/stats/leader", "/v2/stats/store" -> stats.handle(request, target);
      case "/metrics" -> metrics.metrics(request);
      case "/debug/vars" -> metrics.vars(request);
      case "/config/local/log" -> logLevel.handle(request);
      default -> routeBelow(request, target, path);
    };
  }

  private CompletionStage<HttpResponse> routeBelow(
      HttpRequest request, RequestTarget target, String path) {
    if (path.equals("/v2/members") || path.startsWith("/v2/members/")) {
      counters.fail();
      return members.handle(request, target);
    }
    if (path.startsWith("/v2/auth/")) {
      counters.fail();
      return auth.handle(request, target);
    }
    return bodies.discard(request).thenApply(none -> Responses.notFound());
  }
}
