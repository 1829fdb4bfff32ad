package io.conclave.node;

import com.typesafe.config.Config;
import io.conclave.http.HttpServer;
import io.conclave.http.HttpSettings;
import io.conclave.http.MemberUrl;
import io.conclave.http.PrometheusText;
import io.conclave.http.RequestHandler;
import io.conclave.http.ServerIdentity;
import io.conclave.raft.core.Membership;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that a member listens on: the clients' URLs with HTTP, and the peers' with a {@link
 * PeerPort}, behind which HTTP and Artery listen on loopback.
 */
final class Listeners {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  /** Three for each member, and one more while it connects again. */
  private static final int ARTERY_CONNECTIONS_MAX = 4 * Membership.MEMBERS_MAX;

  private static final Duration FIRST_BYTES = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final String FRAMES = "pekko.remote.artery.advanced.maximum-";

  private final HttpServer clients;
  private final HttpServer peers;
  private final PeerPort peerPort;

  /** Who answers HTTP. */
  record Handlers(RequestHandler clients, RequestHandler peers) {}

  private Listeners(HttpServer clients, HttpServer peers, PeerPort peerPort) {
    this.clients = clients;
    this.peers = peers;
    this.peerPort = peerPort;
  }

  /**
   * Listens on all URLs, the peers' first, as etcd does. Artery must be up.
   *
   * @return fails with {@link AddressUnavailable} or {@link HttpServer.BindFailed}, and then
   *     listens on none
   */
  static CompletionStage<Listeners> open(
      ActorSystem<?> system,
      NodeSettings settings,
      long clusterId,
      Handlers handlers,
      PeerPort.Events events) {
    DescriptorBudget budget = DescriptorBudget.ofProcess();
    HttpSettings http = within(budget, HttpSettings.from(system.settings().config()));
    List<URI> loopback = List.of(URI.create("http://127.0.0.1:0"));
    ServerIdentity forPeers = new ServerIdentity(clusterId, false);
    ServerIdentity forClients = new ServerIdentity(clusterId, http.allowsAnyOrigin());
    return HttpServer.start(system, http, loopback, forPeers, handlers.peers())
        .thenCompose(
            peers -> {
              PeerPort port =
                  openPeerPort(system.settings().config(), settings, budget, peers, events);
              List<URI> urls = MemberUrl.bindable(settings.listenClientUrls());
              return HttpServer.start(system, http, urls, forClients, handlers.clients())
                  .whenComplete(
                      (clients, failure) -> {
                        if (failure != null) {
                          close(port);
                          peers.stop();
                        }
                      })
                  .thenApply(clients -> new Listeners(clients, peers, port));
            });
  }

  private static HttpSettings within(DescriptorBudget budget, HttpSettings wanted) {
    HttpSettings http = wanted.within(budget.clientDescriptors());
    if (http.connectionsMax() < wanted.connectionsMax() || budget.bindsPeers()) {
      LOG.atWarn()
          .addKeyValue("descriptors", DescriptorBudget.limit())
          .addKeyValue("clients", http.connectionsMax())
          .addKeyValue("wanted", wanted.connectionsMax())
          .addKeyValue("peers", budget.peerConnectionsMax())
          .log("file descriptors limit the connections: raise ulimit -n or systemd's LimitNOFILE");
    }
    return http;
  }

  /** Takes no more requests; ends when those in progress are answered, or took too long. */
  CompletionStage<Void> stopHttp() {
    return clients.stop().thenCombine(peers.stop(), (one, other) -> null);
  }

  /** Ends what the peers' connections rest on; the last thing that a member does. */
  void closePeerPort() {
    close(peerPort);
  }

  /** What the peer port counts. */
  void writeTo(PrometheusText text) {
    text.gauge(
        "etcd_peer_port_connections",
        "Connections open on the peer URLs, of both protocols.",
        peerPort.connections());
    text.gauge(
        "etcd_peer_port_artery_connections",
        "Connections of members among them.",
        peerPort.arteryConnections());
    String refused = "etcd_peer_port_refused_total";
    text.announce(refused, "Connections reset on the peer URLs.", "counter");
    for (PeerPort.Refused why : PeerPort.Refused.values()) {
      String reason = "reason=\"" + why.name().toLowerCase(Locale.ROOT) + "\"";
      text.sample(refused, reason, peerPort.refused(why));
    }
  }

  private static PeerPort openPeerPort(
      Config config,
      NodeSettings settings,
      DescriptorBudget budget,
      HttpServer http,
      PeerPort.Events events) {
    try {
      List<InetSocketAddress> addresses = new ArrayList<>();
      for (MemberUrl url : settings.listenPeerUrls()) {
        addresses.add(ListenCheck.address(url));
      }
      InetSocketAddress artery =
          new InetSocketAddress(
              InetAddress.getLoopbackAddress(), config.getInt(NodeConfig.ARTERY_PORT));
      return PeerPort.open(
          addresses,
          new PeerPort.Targets(artery, http.addresses().getFirst()),
          new PeerPort.Limits(
              budget.peerConnectionsMax(),
              Math.min(ARTERY_CONNECTIONS_MAX, budget.peerConnectionsMax() * 3 / 4),
              FIRST_BYTES,
              SILENCE,
              frames(config)),
          events);
    } catch (IOException | StartRefused failed) {
      http.stop();
      throw new CompletionException(failed);
    }
  }

  private static FrameGuard.Limits frames(Config config) {
    return new FrameGuard.Limits(
        Math.toIntExact(config.getBytes(FRAMES + "frame-size")),
        Math.toIntExact(config.getBytes(FRAMES + "large-frame-size")));
  }

  private static void close(PeerPort port) {
    try {
      port.close();
    } catch (IOException e) {
      throw new UncheckedIOException("can't close the peer port", e);
    }
  }
}
