package io.conclave.node;

import java.util.Optional;

/**
 * A {@code host:port}; the host may be empty, and an IPv6 address stands in brackets.
 *
 * @param host without brackets
 * @param port as written
 */
record HostPort(String host, String port) {

  /** Empty if {@code text} has another form: no port, or a bare IPv6 address. */
  static Optional<HostPort> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    String port = text.substring(colon + 1);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":") || host.contains("[") || host.contains("]")) {
      return Optional.empty();
    }
    return port.contains("]") ? Optional.empty() : Optional.of(new HostPort(host, port));
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
