package io.conclave.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the peer URLs for two protocols at once, as etcd 3 does. A connection that begins with
 * our Artery magic is spliced to the Artery port on loopback, behind a {@link FrameGuard}; any
 * other is spliced to the HTTP port on loopback (no HTTP method begins with the magic's first
 * byte).
 *
 * <p>Every inbound Artery connection has a platform thread and a buffer of 64 KiB: virtual threads
 * cost half the throughput here (architecture §8.7). Whatever is refused is reset and counted.
 */
final class PeerPort implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerPort.class);
  private static final int BACKLOG = 1024;
  private static final Duration ACCEPT_PAUSE = Duration.ofMillis(20);
  private static final Duration FAILURES_TOLD_EVERY = Duration.ofSeconds(10);

  private final Targets targets;
  private final Limits limits;
  private final Events events;
  private final List<ServerSocketChannel> listeners = new ArrayList<>();
  private final Set<PeerConnection> open = ConcurrentHashMap.newKeySet();
  private final ArterySlots<PeerConnection> arterySlots;
  private final Map<Refused, LongAdder> refused =
      Stream.of(Refused.values())
          .collect(Collectors.toUnmodifiableMap(Function.identity(), why -> new LongAdder()));
  private volatile boolean closed;

  /** The ports on loopback that connections are spliced to. */
  record Targets(InetSocketAddress artery, InetSocketAddress http) {}

  /**
   * @param connectionsMax connections of both protocols at the same time
   * @param arteryConnectionsMax of these, for Artery; every peer needs three
   * @param firstBytes how long a new connection may take to show its protocol
   * @param silence how long an Artery connection may be silent before its first frame is complete,
   *     and afterwards while others want its place
   * @param frames what Artery is configured for
   */
  record Limits(
      int connectionsMax,
      int arteryConnectionsMax,
      Duration firstBytes,
      Duration silence,
      FrameGuard.Limits frames) {}

  /** Why a connection was reset. */
  enum Refused {
    TOO_MANY_CONNECTIONS,
    /** Its first bytes, or its first frame, did not come in time. */
    SILENT,
    /** It began like Artery and went on otherwise. */
    WRONG_MAGIC,
    UNKNOWN_STREAM,
    FRAME_LENGTH,
    /** It had been silent, and another one wanted its place. */
    GAVE_WAY,
    /** The protocol's own port did not accept. */
    NO_TARGET
  }

  /** Told on the connection's own thread; must return quickly. */
  interface Events {
    /** An Artery connection ended that had been accepted, for whatever reason. */
    void arteryClosed(InetSocketAddress remote);

    void refused(InetSocketAddress remote, Refused why);
  }

  private PeerPort(Targets targets, Limits limits, Events events) {
    this.targets = targets;
    this.limits = limits;
    this.events = events;
    this.arterySlots =
        new ArterySlots<>(limits.arteryConnectionsMax(), limits.silence(), System::nanoTime);
  }

  /**
   * Listens on all of {@code addresses}, or on none.
   *
   * @throws AddressUnavailable for the first that can't be bound
   */
  static PeerPort open(
      List<InetSocketAddress> addresses, Targets targets, Limits limits, Events events)
      throws IOException {
    PeerPort port = new PeerPort(targets, limits, events);
    try {
      for (InetSocketAddress address : addresses) {
        port.listeners.add(bind(address));
      }
    } catch (IOException unavailable) {
      port.close();
      throw unavailable;
    }
    for (ServerSocketChannel listener : port.listeners) {
      String name = "peer-port-" + listener.socket().getLocalPort();
      Thread.ofPlatform().daemon().name(name).start(() -> port.accept(listener));
    }
    return port;
  }

  /** Where it listens, in the order of the addresses given; shows the ports that 0 became. */
  List<InetSocketAddress> addresses() {
    return listeners.stream()
        .map(listener -> (InetSocketAddress) listener.socket().getLocalSocketAddress())
        .toList();
  }

  /** How many connections were reset for this reason since the port opened. */
  long refused(Refused why) {
    return refused.get(why).sum();
  }

  int connections() {
    return open.size();
  }

  int arteryConnections() {
    return arterySlots.taken();
  }

  /** Stops listening and resets every connection. */
  @Override
  public void close() throws IOException {
    closed = true;
    for (ServerSocketChannel listener : listeners) {
      listener.close();
    }
    open.forEach(PeerConnection::reset);
  }

  private static ServerSocketChannel bind(InetSocketAddress address) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return listener.bind(address, BACKLOG);
    } catch (IOException | UnresolvedAddressException failed) {
      listener.close();
      IOException cause = failed instanceof IOException io ? io : new IOException("no such host");
      throw new AddressUnavailable(address, cause);
    }
  }

  /** Whatever goes wrong with one connection, the next one is accepted. */
  private void accept(ServerSocketChannel listener) {
    long tellAtNanos = System.nanoTime();
    while (listener.isOpen()) {
      try {
        admit(listener.accept());
      } catch (IOException | RuntimeException | OutOfMemoryError failed) {
        if (listener.isOpen() && System.nanoTime() - tellAtNanos >= 0) {
          tellAtNanos = System.nanoTime() + FAILURES_TOLD_EVERY.toNanos();
          LOG.atWarn().addKeyValue("cause", failed).log("can't accept connections of peers");
        }
        // Closed, or out of file descriptors: those in use come back, and the queue waits.
        LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
      }
    }
  }

  private void admit(SocketChannel channel) {
    PeerConnection connection = new PeerConnection(this, channel);
    if (open.size() >= limits.connectionsMax()) {
      connection.refuse(Refused.TOO_MANY_CONNECTIONS);
      return;
    }
    open.add(connection);
    if (closed) {
      connection.reset();
    }
    Thread.ofVirtual().name("peer-connection").start(connection);
  }

  Targets targets() {
    return targets;
  }

  Limits limits() {
    return limits;
  }

  /** Whether one more Artery connection may run; {@link #arteryEnded} must follow if so. */
  boolean tryArtery(PeerConnection newcomer) {
    ArterySlots.Outcome<PeerConnection> outcome = arterySlots.take(newcomer);
    outcome.gaveWay().ifPresent(this::endSilent);
    return outcome.admitted();
  }

  private void endSilent(PeerConnection connection) {
    refused.get(Refused.GAVE_WAY).increment();
    connection.reset();
  }

  void arteryEnded(PeerConnection connection, InetSocketAddress remote) {
    arterySlots.release(connection);
    if (!closed) {
      events.arteryClosed(remote);
    }
  }

  void count(InetSocketAddress remote, Refused why) {
    refused.get(why).increment();
    events.refused(remote, why);
  }

  void ended(PeerConnection connection) {
    open.remove(connection);
  }
}
