package io.conclave.http;

import com.typesafe.config.Config;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.io.Inet;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.stream.javadsl.Tcp.IncomingConnection;
import org.apache.pekko.stream.javadsl.Tcp.ServerBinding;
import org.apache.pekko.util.ByteString;

/**
 * Serves one handler on several URLs.
 *
 * <p>Pekko's HTTP layer on a listener of our own, for four reasons: idle connections are closed by
 * a sweep instead of a timer in every connection; a connection too many is told so instead of being
 * left in the backlog; a watch ends when its client goes; and stopping waits until the last byte of
 * an answer is with the kernel.
 */
public final class HttpServer {
  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final Materializer materializer;
  private final HttpSettings settings;
  private final TargetedHandler handler;
  private final TargetedHandler refusal;
  private final Connections connections = new Connections();
  private final List<ServerBinding> bindings = new ArrayList<>();
  private final Cancellable sweep;

  private HttpServer(ActorSystem<?> system, HttpSettings settings, RequestHandler handler) {
    this.materializer = Materializer.matFromSystem(system);
    this.settings = settings;
    this.handler = new TargetedHandler(handler);
    this.refusal = new TargetedHandler(new Refusal(settings.connectionsMax()));
    this.sweep =
        system
            .scheduler()
            .scheduleAtFixedRate(
                SWEEP,
                SWEEP,
                () -> connections.sweep(settings.idleTimeout()),
                system.executionContext());
  }

  /**
   * Binds all {@code urls} or none.
   *
   * @param urls with scheme {@code http}, a host or address, and a port; 0 for a free one
   * @param identity for answers that are made before the handler sees a request
   * @return fails with the first {@link BindFailed}
   */
  public static CompletionStage<HttpServer> start(
      ActorSystem<?> system,
      HttpSettings settings,
      List<URI> urls,
      ServerIdentity identity,
      RequestHandler handler) {
    HttpServer server = new HttpServer(system, settings, handler);
    ServerSettings pekko = server.pekkoSettings(system.settings().config(), identity);
    CompletionStage<HttpServer> started = CompletableFuture.completedFuture(server);
    for (URI url : urls) {
      started = started.thenCompose(so -> so.bind(system, pekko, url));
    }
    return started
        .handle((done, failure) -> failure == null ? done : server.undo(failure))
        .thenApply(done -> done);
  }

  /** Where the server listens, in the order of the URLs. */
  public List<InetSocketAddress> addresses() {
    return bindings.stream().map(ServerBinding::localAddress).toList();
  }

  /** Connections that are open now. */
  public int connections() {
    return connections.count();
  }

  /**
   * Takes no more connections, lets requests in progress end, and cuts those that take longer than
   * the grace. Whoever serves watches ends them first.
   */
  public CompletionStage<Void> stop() {
    sweep.cancel();
    bindings.forEach(ServerBinding::unbind);
    return connections
        .drain()
        .toCompletableFuture()
        .copy()
        .orTimeout(settings.stopGrace().toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (done, late) -> {
              if (late != null) {
                connections.abort();
              }
              return null;
            });
  }

  private ServerSettings pekkoSettings(Config config, ServerIdentity identity) {
    Config ours = config.getConfig("conclave.http.pekko-server").atPath("pekko.http.server");
    ServerSettings pekko = ServerSettings.create(ours.withFallback(config));
    return identity.into(ContentTypeText.into(pekko));
  }

  private CompletionStage<HttpServer> bind(ActorSystem<?> system, ServerSettings pekko, URI url) {
    var http = Http.get(system).serverLayer(pekko, Optional.empty(), system.classicSystem().log());
    return Tcp.get(system)
        .bind(
            host(url),
            url.getPort(),
            pekko.getBacklog(),
            socketOptions(pekko),
            false,
            Optional.<Duration>empty())
        .to(Sink.foreach(connection -> accept(connection, http)))
        .run(materializer)
        .handle(
            (binding, failure) -> {
              if (failure != null) {
                throw new BindFailed(url, cause(failure));
              }
              bindings.add(binding);
              return this;
            });
  }

  private static List<Inet.SocketOption> socketOptions(ServerSettings pekko) {
    List<Inet.SocketOption> options = new ArrayList<>();
    pekko.getSocketOptions().forEach(options::add);
    options.add(new KeepAlive());
    return options;
  }

  private void accept(
      IncomingConnection connection,
      BidiFlow<HttpResponse, SslTlsOutbound, SslTlsInbound, HttpRequest, NotUsed> http) {
    int open = connections.count();
    if (open < settings.connectionsMax()) {
      serve(connection, http, handler);
    } else if (open < settings.connectionsMax() + settings.refusedMax()) {
      serve(connection, http, refusal);
    } else {
      connection.handleWith(
          Flow.fromSinkAndSource(Sink.<ByteString>cancelled(), Source.empty()), materializer);
    }
  }

  private void serve(
      IncomingConnection connection,
      BidiFlow<HttpResponse, SslTlsOutbound, SslTlsInbound, HttpRequest, NotUsed> http,
      TargetedHandler by) {
    connections.accepted();
    ConnectionStage stage = new ConnectionStage(by, connections);
    PeerCloseStage bytes = new PeerCloseStage(stage::peerClosed, connections::ended);
    connection.handleWith(
        Flow.fromGraph(stage).join(http.atop(BidiFlow.fromGraph(bytes))), materializer);
  }

  private HttpServer undo(Throwable failure) {
    stop();
    throw new CompletionException(cause(failure));
  }

  private static String host(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? cause(failure.getCause())
        : failure;
  }

  /** Answers the first request of a connection too many. */
  private record Refusal(int connectionsMax) implements RequestHandler {
    @Override
    public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
      String text = "too many connections, the limit is " + connectionsMax + "\n";
      return Responses.now(
          Responses.of(503, Responses.TEXT, text).addHeader(Connection.create("close")));
    }
  }

  /** A URL can't be listened on. */
  public static final class BindFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient URI url;

    BindFailed(URI url, Throwable cause) {
      super("can't listen on " + url + ": " + reason(cause), cause);
      this.url = url;
    }

    public URI url() {
      return url;
    }

    private static String reason(Throwable cause) {
      Throwable deepest = cause;
      while (deepest.getCause() != null) {
        deepest = deepest.getCause();
      }
      return deepest.getMessage();
    }
  }
}
