package io.conclave.testkit.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;

/**
 * A v2 endpoint under load.
 *
 * @param label what the report calls it
 * @param address where to connect
 * @param authority the value of the Host header
 */
record Target(String label, InetSocketAddress address, String authority) {

  /**
   * Reads a URL such as {@code http://127.0.0.1:2379}.
   *
   * @throws IllegalArgumentException when it is no plain http URL of a host that resolves, or the
   *     host is not this machine and {@code allowRemote} is false
   */
  static Target parse(String url, String label, boolean allowRemote) {
    URI uri = URI.create(url);
    boolean hasPath =
        uri.getPath() != null && !uri.getPath().isEmpty() && !uri.getPath().equals("/");
    if (!"http".equals(uri.getScheme()) || uri.getHost() == null || hasPath) {
      throw new IllegalArgumentException("not of the form http://HOST:PORT: " + url);
    }
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    String host = uri.getHost().replaceAll("^\\[|]$", "");
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("cannot resolve the host of " + url, e);
    }
    if (!address.isLoopbackAddress() && !allowRemote) {
      throw new IllegalArgumentException(
          url + " is not this machine; load on others only with --allow-remote");
    }
    String authority = uri.getHost() + ":" + port;
    return new Target(
        label.isEmpty() ? authority : label, new InetSocketAddress(address, port), authority);
  }
}
