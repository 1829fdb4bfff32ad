package io.conclave.http;

import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Host;
import org.apache.pekko.http.javadsl.settings.ServerSettings;

/**
 * What an answer to an unparsable request must know of its server. Pekko makes the handler of such
 * requests by its class name and hands it the server's settings only, so that this travels as the
 * host and port that Pekko assumes for requests without a host, which nothing else reads.
 *
 * @param clusterId unsigned
 * @param anyOrigin answers may be read by pages of any origin
 */
public record ServerIdentity(long clusterId, boolean anyOrigin) {
  private static final int ANY_ORIGIN = 1;
  private static final int NO_ORIGIN = 2;

  ServerSettings into(ServerSettings settings) {
    int port = anyOrigin ? ANY_ORIGIN : NO_ORIGIN;
    return settings.withDefaultHostHeader(Host.create(Long.toHexString(clusterId), port));
  }

  /** The server that {@code settings} are of. */
  public static ServerIdentity of(ServerSettings settings) {
    Host host = settings.getDefaultHostHeader();
    long clusterId = Long.parseUnsignedLong(host.host().address(), 16);
    return new ServerIdentity(clusterId, host.port() == ANY_ORIGIN);
  }

  /** The headers of the cluster that the server belongs to. */
  public EtcdHeaders headers() {
    return new EtcdHeaders(clusterId);
  }

  /**
   * Adds the cross-origin headers if they go with every answer. Those for certain origins depend on
   * the request, of which nothing is known but the error.
   */
  public HttpResponse allow(HttpResponse response) {
    return anyOrigin ? Cors.allow(response, Cors.ANY) : response;
  }
}
