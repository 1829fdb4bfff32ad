package io.conclave.http;

import java.util.Optional;

/**
 * A {@code host:port}; the host may be empty, and an IPv6 address stands in brackets.
 *
 * @param host without brackets
 * @param port as written
 */
public record HostPort(String host, String port) {
  /** What no host has, on top of blanks and control characters. */
  private static final String NOT_IN_HOSTS = "\"<>\\^`{|}";

  /** Empty if {@code text} has another form: no port, or a bare IPv6 address. */
  public static Optional<HostPort> parse(String text) {
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

  /** Whether the host could be one; the zone of an IPv6 address may have a percent sign. */
  boolean isHost() {
    boolean named = !host.contains(":");
    return host.chars()
        .noneMatch(c -> c <= ' ' || c == 0x7f || NOT_IN_HOSTS.indexOf(c) >= 0 || named && c == '%');
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
