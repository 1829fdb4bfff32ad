package io.conclave.testkit.bench;

import java.time.Duration;

/**
 * How one round of closed-loop load looks.
 *
 * @param connections requests in flight at any time
 * @param keepAlive whether a connection serves more than one request
 * @param length how long the measured part lasts
 * @param timeout after which a request counts as failed
 */
record LoadShape(int connections, boolean keepAlive, Duration length, Duration timeout) {
  LoadShape {
    if (connections < 1 || length.isNegative() || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("impossible load: " + connections + " connections");
    }
  }
}
