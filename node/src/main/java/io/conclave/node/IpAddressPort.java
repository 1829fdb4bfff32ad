package io.conclave.node;

import io.conclave.http.HostPort;
import io.conclave.http.MemberUrl;
import java.net.InetAddress;
import java.util.Optional;

/** The {@code ip:port} of the flags from before 2.0. The port is checked when it is listened on. */
record IpAddressPort(String ip, String port) {

  /** Why {@code text} can't be taken, in the words of etcd 2.3.8. */
  static Optional<String> problem(String text) {
    Optional<HostPort> hostPort = HostPort.parse(text);
    if (hostPort.isEmpty()) {
      return Optional.of("address " + text + " does not have the form ip:port");
    }
    return isLiteral(hostPort.get().host())
        ? Optional.empty()
        : Optional.of("bad IP in address specification");
  }

  /** Parses a text that has no problem. */
  static IpAddressPort parse(String text) {
    HostPort hostPort = HostPort.parse(text).orElseThrow();
    return new IpAddressPort(hostPort.host(), hostPort.port());
  }

  /** The URL of this address. */
  MemberUrl toUrl(String scheme) {
    return new MemberUrl(scheme, ip, port);
  }

  /** All addresses of the machine, with the same port. */
  IpAddressPort onAllAddresses() {
    return new IpAddressPort("::", port);
  }

  private static boolean isLiteral(String ip) {
    try {
      InetAddress.ofLiteral(ip);
      // ofLiteral also takes the short forms of IPv4 ("1.2.3"), which Go does not.
      return ip.contains(":") || ip.chars().filter(c -> c == '.').count() == 3;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
