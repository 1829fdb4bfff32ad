package io.conclave.testkit.process;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses ports that somebody else binds later, or binds again after a while. They lie outside the
 * range that the system takes a port from for every outgoing connection and for every socket bound
 * to port 0: one of that range may be taken by anybody before it is bound.
 */
public final class FreePort {
  private static final int LOWEST = 10_000;
  private static final int COUNT = (1 << 16) - LOWEST;
  private static final Path EPHEMERAL = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

  /** What Linux has unless told otherwise. */
  private static final String EPHEMERAL_DEFAULT = "32768 60999";

  /** Begins anywhere, so that two JVMs seldom choose the same ones. */
  private static final FreePort OF_THIS_JVM =
      new FreePort(ephemeral(), ThreadLocalRandom.current().nextInt(COUNT));

  private final Range avoided;
  private final int start;
  private int tried;

  /** All ports from {@code first} to {@code last}. */
  record Range(int first, int last) {
    boolean contains(int port) {
      return first <= port && port <= last;
    }
  }

  /**
   * @param avoided is heeded if any port from 10,000 on lies outside
   * @param start how many ports above 10,000 to begin, below 55,536
   */
  FreePort(Range avoided, int start) {
    boolean all = avoided.contains(LOWEST) && avoided.contains(LOWEST + COUNT - 1);
    this.avoided = all ? new Range(0, 0) : avoided;
    this.start = start;
  }

  /**
   * A port that nobody listens on now, on no address of this machine; never the same twice in this
   * JVM.
   *
   * @throws IllegalStateException if all have been given or are in use
   */
  public static int take() {
    return OF_THIS_JVM.next();
  }

  synchronized int next() {
    while (tried < COUNT) {
      int port = LOWEST + (start + tried++) % COUNT;
      if (!avoided.contains(port) && isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no port is free outside " + avoided);
  }

  /** The range to avoid; the usual one where the system doesn't tell. */
  static Range ephemeral() {
    String[] bounds = ephemeralText().split("\\s+");
    return new Range(Integer.parseInt(bounds[0]), Integer.parseInt(bounds[1]));
  }

  /** By lines, which is one large read: a second one gets nothing from such a file. */
  private static String ephemeralText() {
    try {
      return Files.readAllLines(EPHEMERAL).getFirst();
    } catch (IOException noSuchFile) {
      return EPHEMERAL_DEFAULT;
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1)) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
