package io.conclave.node;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How many of the file descriptors that the process may have go to connections. What the member
 * opens itself comes first: a journal that can't begin its next segment ends the process.
 *
 * @param clientDescriptors for connections of clients, one each
 * @param peerConnectionsMax on the peer URLs, {@value #PER_PEER_CONNECTION} each
 * @see <a href="https://github.com/etcd-io/etcd/blob/v2.3.8/etcdmain/etcd.go">etcd 2.3.8 keeps as
 *     many for itself</a>
 */
record DescriptorBudget(int clientDescriptors, int peerConnectionsMax) {
  /**
   * A member that serves nobody has about 80: libraries, the JVM's own, listeners, three segments
   * of the journal with four each. Snapshots and connections that are being refused come and go.
   */
  static final int RESERVED = 150;

  /** The accepted one, both ends on loopback, and one that this member opens to the same peer. */
  private static final int PER_PEER_CONNECTION = 4;

  private static final int PEER_CONNECTIONS_MAX = 1024;

  /** Enough for a cluster of three, and for somebody to look what is wrong. */
  private static final int CONNECTIONS_MIN = 8;

  /**
   * @throws StartRefused if the process may not even have what it opens itself
   */
  static void check() throws StartRefused {
    if (limit() < RESERVED) {
      throw StartRefused.because(
          "only %d file descriptors are allowed, a member needs %d: raise ulimit -n, or LimitNOFILE"
              + " of systemd",
          limit(), RESERVED);
    }
  }

  /** Of this process. */
  static DescriptorBudget ofProcess() {
    return of(limit());
  }

  /**
   * A third of what is left goes to the peers, who never need more than {@value
   * #PEER_CONNECTIONS_MAX} connections; the clients get the rest.
   */
  static DescriptorBudget of(long limit) {
    long left = Math.max(0, limit - RESERVED);
    int peers = Math.clamp(left / 3 / PER_PEER_CONNECTION, CONNECTIONS_MIN, PEER_CONNECTIONS_MAX);
    long clients = left - (long) peers * PER_PEER_CONNECTION;
    return new DescriptorBudget(Math.clamp(clients, CONNECTIONS_MIN, Integer.MAX_VALUE), peers);
  }

  /** The JVM has raised it as far as it may; without end where the system tells none. */
  static long limit() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }

  /** Whether peers get less than they may ever need. */
  boolean bindsPeers() {
    return peerConnectionsMax < PEER_CONNECTIONS_MAX;
  }
}
