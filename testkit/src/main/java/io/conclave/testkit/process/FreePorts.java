package io.conclave.testkit.process;

import java.net.URI;

/** Two URLs of this machine for a member to listen on, now and after each restart. */
public record FreePorts(URI clientUrl, URI peerUrl) {

  /** Chooses two ports that nobody listens on. */
  public static FreePorts take() {
    return new FreePorts(url(FreePort.take()), url(FreePort.take()));
  }

  private static URI url(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }
}
