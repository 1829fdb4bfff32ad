package io.conclave.testkit.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;

/** Two URLs of this machine on ports that nobody used a moment ago. */
public record FreePorts(URI clientUrl, URI peerUrl) {

  /** Looks for two ports; each is held while the other is chosen. */
  public static FreePorts take() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket client = new ServerSocket(0, 1, loopback);
        ServerSocket peer = new ServerSocket(0, 1, loopback)) {
      return new FreePorts(
          URI.create("http://127.0.0.1:" + client.getLocalPort()),
          URI.create("http://127.0.0.1:" + peer.getLocalPort()));
    }
  }
}
