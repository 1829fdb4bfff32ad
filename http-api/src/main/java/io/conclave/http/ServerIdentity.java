package io.conclave.http;

import org.apache.pekko.http.javadsl.model.headers.Host;
import org.apache.pekko.http.javadsl.settings.ServerSettings;

/**
 * Carries the cluster id to where unparsable requests are answered: Pekko makes that handler by its
 * class name and hands it the server's settings only. The id travels as the host that Pekko assumes
 * for requests without one, which nothing else reads.
 */
public final class ServerIdentity {
  private ServerIdentity() {}

  static ServerSettings into(ServerSettings settings, long clusterId) {
    return settings.withDefaultHostHeader(Host.create(Long.toHexString(clusterId)));
  }

  /** The headers of the cluster that a server belongs to. */
  public static EtcdHeaders headers(ServerSettings settings) {
    String id = settings.getDefaultHostHeader().host().address();
    return new EtcdHeaders(Long.parseUnsignedLong(id, 16));
  }
}
