package io.conclave.http;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.apache.pekko.io.Inet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the other side of an accepted connection for a sign of life while nothing is sent. A client
 * that lost its power, or its entry in some router, never closes its watch; the kernel closes it
 * after 30 seconds of silence and 5 probes, about a minute. etcd also begins after 30 seconds.
 */
public final class KeepAlive extends Inet.AbstractSocketOption {
  private static final Logger LOG = LoggerFactory.getLogger(KeepAlive.class);
  private static final int IDLE_SECONDS = 30;
  private static final int INTERVAL_SECONDS = 6;
  private static final int PROBES = 5;

  /** Where the system lacks one of these, its own value counts: two hours on most. */
  private static final Map<SocketOption<Integer>, Integer> TIMES = new LinkedHashMap<>();

  static {
    TIMES.put(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS);
    TIMES.put(ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS);
    TIMES.put(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
  }

  /** For a listener of Pekko: called for every connection that it accepts. */
  @Override
  public void afterConnect(Socket accepted) {
    on(accepted);
  }

  /** Sets it on one connection; one that is gone already is left to whoever reads from it. */
  public static void on(Socket connection) {
    try {
      connection.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      for (Map.Entry<SocketOption<Integer>, Integer> time : TIMES.entrySet()) {
        if (connection.supportedOptions().contains(time.getKey())) {
          connection.setOption(time.getKey(), time.getValue());
        }
      }
    } catch (IOException gone) {
      LOG.atDebug().setCause(gone).log("no keep-alive on a connection");
    }
  }
}
