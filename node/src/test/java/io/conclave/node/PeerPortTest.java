package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.node.PeerPort.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PeerPortTest {
  private static final byte[] ARTERY = {1, 'c', 'v', '1', 2};
  private static final byte[] FRAME = {1, 0, 0, 0, 5};
  private static final Duration FIRST_BYTES = Duration.ofMillis(400);
  private static final int PATIENCE_MILLIS = 30_000;

  /** Longer than a busy machine keeps a test waiting between two bytes. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private final BlockingQueue<Refused> refused = new LinkedBlockingQueue<>();
  private final BlockingQueue<InetSocketAddress> closed = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> resources = new ArrayList<>();
  private ServerSocket artery;
  private ServerSocket http;
  private PeerPort port;

  @BeforeEach
  void open() throws IOException {
    artery = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    http = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    artery.setSoTimeout(PATIENCE_MILLIS);
    http.setSoTimeout(PATIENCE_MILLIS);
    port = openPort(16);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : resources.reversed()) {
      resource.close();
    }
  }

  @Test
  void ourMagicLeadsToArtery() throws Exception {
    Socket peer = connect(ARTERY);
    Socket accepted = keep(artery.accept());
    peer.getOutputStream().write(new byte[] {3, 0, 0, 0, 7, 8, 9});
    assertArrayEquals(
        new byte[] {1, 'c', 'v', '1', 2, 3, 0, 0, 0, 7, 8, 9},
        accepted.getInputStream().readNBytes(12));
  }

  @Test
  void anythingElseLeadsToHttpAndBack() throws Exception {
    Socket client = connect("GET /version HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    client.shutdownOutput();
    Socket accepted = keep(http.accept());
    String request =
        new String(accepted.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertEquals("GET /version HTTP/1.0\r\n\r\n", request);
    accepted.getOutputStream().write("late answer".getBytes(StandardCharsets.US_ASCII));
    accepted.close();
    assertEquals("late answer", new String(client.getInputStream().readAllBytes(), "US-ASCII"));
    awaitNoConnections();
  }

  @Test
  void anEndFromHttpIsAHalfCloseAndTheClientMayGoOn() throws Exception {
    Socket client = connect("POST".getBytes(StandardCharsets.US_ASCII));
    Socket accepted = keep(http.accept());
    accepted.shutdownOutput();
    assertEquals(-1, client.getInputStream().read());
    client.getOutputStream().write("more".getBytes(StandardCharsets.US_ASCII));
    client.close();
    assertEquals("POSTmore", new String(accepted.getInputStream().readAllBytes(), "US-ASCII"));
    awaitNoConnections();
  }

  @Test
  void aClaimOfOneGibibyteIsResetBeforeArterySeesIt() throws Exception {
    assertResetOnHeader(1 << 30);
  }

  @Test
  void aClaimNearTwoToThe31IsResetBeforeArterySeesIt() throws Exception {
    assertResetOnHeader(Integer.MAX_VALUE);
  }

  @Test
  void anUnknownStreamIsReset() throws Exception {
    Socket peer = connect(new byte[] {1, 'c', 'v', '1', 9});
    assertReset(peer);
    assertEquals(Refused.UNKNOWN_STREAM, await(refused));
  }

  @Test
  void garbageBehindTheFirstByteIsReset() throws Exception {
    Socket peer = connect(new byte[] {1, 'x', 'y', 'z'});
    assertReset(peer);
    assertEquals(Refused.WRONG_MAGIC, await(refused));
    assertEquals(1, port.refused(Refused.WRONG_MAGIC));
  }

  @Test
  void silenceIsReset() throws Exception {
    long start = System.nanoTime();
    Socket peer = connect(new byte[0]);
    assertReset(peer);
    assertEquals(Refused.SILENT, await(refused));
    assertTrue(System.nanoTime() - start >= FIRST_BYTES.toNanos(), "too early");
  }

  @Test
  void aMagicThatTricklesInIsReset() throws Exception {
    Socket peer = connect(new byte[] {1, 'c'});
    assertReset(peer);
    assertEquals(Refused.SILENT, await(refused));
  }

  @Test
  void anIdleArteryConnectionMayStay() throws Exception {
    Socket peer = connect(ARTERY);
    peer.getOutputStream().write(FRAME);
    Socket accepted = keep(artery.accept());
    accepted.getInputStream().readNBytes(10);
    accepted.setSoTimeout((int) SILENCE.plus(FIRST_BYTES).toMillis());
    assertThrows(SocketTimeoutException.class, () -> accepted.getInputStream().read());
    peer.getOutputStream().write(FRAME);
    assertArrayEquals(FRAME, accepted.getInputStream().readNBytes(5));
  }

  @Test
  void anArteryConnectionWithoutAWholeFrameIsReset() throws Exception {
    Socket silent = connect(ARTERY);
    Socket cutShort = connect(ARTERY);
    cutShort.getOutputStream().write(FRAME, 0, FRAME.length - 1);
    assertReset(silent);
    assertReset(cutShort);
    assertEquals(Refused.SILENT, await(refused));
    assertEquals(Refused.SILENT, await(refused));
    awaitNoConnections();
  }

  @Test
  void whoHasBeenSilentGivesWayToANewcomer() throws Exception {
    port.close();
    port = openPort(16, 1, new Recorder());
    Socket idle = connect(ARTERY);
    idle.getOutputStream().write(FRAME);
    keep(artery.accept()).getInputStream().readNBytes(10);
    assertReset(connect(ARTERY));
    assertEquals(Refused.TOO_MANY_CONNECTIONS, await(refused));
    long silent = System.nanoTime() + SILENCE.toNanos();
    while (System.nanoTime() - silent < 0) {
      LockSupport.parkNanos(silent - System.nanoTime());
    }
    connect(ARTERY);
    assertArrayEquals(ARTERY, keep(artery.accept()).getInputStream().readNBytes(ARTERY.length));
    assertReset(idle);
    assertEquals(1, port.refused(Refused.GAVE_WAY));
    assertEquals(1, port.arteryConnections());
  }

  @Test
  void theEndOfAnArteryConnectionIsTold() throws Exception {
    Socket peer = connect(ARTERY);
    Socket accepted = keep(artery.accept());
    peer.close();
    assertEquals(peer.getLocalPort(), await(closed).getPort());
    assertEquals(5, accepted.getInputStream().readAllBytes().length);
    awaitNoConnections();
  }

  @Test
  void anEndOnArterysSideClosesBoth() throws Exception {
    Socket peer = connect(ARTERY);
    Socket accepted = keep(artery.accept());
    accepted.getInputStream().readNBytes(5);
    accepted.close();
    assertReset(peer);
    assertEquals(peer.getLocalPort(), await(closed).getPort());
  }

  @Test
  void aProtocolThatIsNotThereIsReset() throws Exception {
    http.close();
    Socket client = connect("GET".getBytes(StandardCharsets.US_ASCII));
    assertReset(client);
    assertEquals(Refused.NO_TARGET, await(refused));
  }

  @Test
  void oneConnectionTooManyIsReset() throws Exception {
    port.close();
    port = openPort(1);
    connect("GET".getBytes(StandardCharsets.US_ASCII));
    keep(http.accept());
    Socket second = connect(new byte[0]);
    assertReset(second);
    assertEquals(Refused.TOO_MANY_CONNECTIONS, await(refused));
  }

  @Test
  void aFailureWhileRefusingOneConnectionDoesNotEndListening() throws Exception {
    port.close();
    port = openPort(1, 8, failingOn(Refused.TOO_MANY_CONNECTIONS));
    Socket first = connect("GET".getBytes(StandardCharsets.US_ASCII));
    Socket accepted = keep(http.accept());
    assertReset(connect(new byte[0]));
    first.close();
    accepted.close();
    awaitNoConnections();
    connect("GET".getBytes(StandardCharsets.US_ASCII));
    assertArrayEquals(
        new byte[] {'G', 'E', 'T'}, keep(http.accept()).getInputStream().readNBytes(3));
  }

  @Test
  void aFailureInAnArteryConnectionGivesItsSlotBack() throws Exception {
    port.close();
    port = openPort(16, 1, failingOn(Refused.UNKNOWN_STREAM));
    Socket stranger = connect(new byte[] {1, 'c', 'v', '1', 9});
    keep(artery.accept());
    assertReset(stranger);
    assertEquals(stranger.getLocalPort(), await(closed).getPort());
    awaitNoConnections();
    connect(ARTERY);
    assertArrayEquals(ARTERY, keep(artery.accept()).getInputStream().readNBytes(ARTERY.length));
  }

  @Test
  void aPortInUseIsNamedInEtcdsWords() {
    InetSocketAddress taken = port.addresses().getFirst();
    var unavailable =
        assertThrows(
            AddressUnavailable.class,
            () -> PeerPort.open(List.of(taken), targets(), limits(1), new Recorder()));
    assertEquals(
        "listen tcp 127.0.0.1:" + taken.getPort() + ": bind: address already in use",
        unavailable.getMessage());
  }

  @Test
  void itListensOnAllAddressesOrOnNone() throws Exception {
    InetSocketAddress taken = port.addresses().getFirst();
    InetSocketAddress first = new InetSocketAddress("127.0.0.2", taken.getPort());
    assertThrows(
        AddressUnavailable.class,
        () -> PeerPort.open(List.of(first, taken), targets(), limits(1), new Recorder()));
    keep(PeerPort.open(List.of(first), targets(), limits(1), new Recorder()));
  }

  @Test
  void closingResetsEverything() throws Exception {
    Socket peer = connect(ARTERY);
    keep(artery.accept());
    port.close();
    assertReset(peer);
    awaitNoConnections();
    assertTrue(closed.isEmpty(), "nobody needs to be told of our own end");
  }

  private void assertResetOnHeader(int length) throws Exception {
    Socket stranger = connect(ARTERY);
    Socket accepted = keep(artery.accept());
    assertArrayEquals(ARTERY, accepted.getInputStream().readNBytes(ARTERY.length));
    stranger
        .getOutputStream()
        .write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array());
    assertReset(stranger);
    assertEquals(Refused.FRAME_LENGTH, await(refused));
    assertEquals(-1, accepted.getInputStream().read(), "nothing of the frame came through");
  }

  private PeerPort openPort(int connectionsMax) throws IOException {
    return openPort(connectionsMax, 8, new Recorder());
  }

  private PeerPort openPort(int connectionsMax, int arteryConnectionsMax, PeerPort.Events events)
      throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    PeerPort.Limits limits = limits(connectionsMax, arteryConnectionsMax);
    return keep(PeerPort.open(List.of(address), targets(), limits, events));
  }

  private PeerPort.Targets targets() {
    return new PeerPort.Targets(
        (InetSocketAddress) artery.getLocalSocketAddress(),
        (InetSocketAddress) http.getLocalSocketAddress());
  }

  private static PeerPort.Limits limits(int connectionsMax) {
    return limits(connectionsMax, 8);
  }

  private static PeerPort.Limits limits(int connectionsMax, int arteryConnectionsMax) {
    return new PeerPort.Limits(
        connectionsMax,
        arteryConnectionsMax,
        FIRST_BYTES,
        SILENCE,
        new FrameGuard.Limits(256 << 10, 2 << 20));
  }

  /** A bug of whoever is told, as good as any other. */
  private PeerPort.Events failingOn(Refused bad) {
    return new PeerPort.Events() {
      @Override
      public void arteryClosed(InetSocketAddress remote) {
        closed.add(remote);
      }

      @Override
      public void refused(InetSocketAddress remote, Refused why) {
        if (why == bad) {
          throw new IllegalStateException("a bug");
        }
      }
    };
  }

  private Socket connect(byte[] first) throws IOException {
    InetSocketAddress address = port.addresses().getFirst();
    Socket socket = keep(new Socket(address.getAddress(), address.getPort()));
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.getOutputStream().write(first);
    return socket;
  }

  private <T extends AutoCloseable> T keep(T resource) {
    resources.add(resource);
    return resource;
  }

  private void awaitNoConnections() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (port.connections() + port.arteryConnections() > 0) {
      String open = port.connections() + ", for Artery " + port.arteryConnections();
      assertTrue(System.nanoTime() < deadline, "still open: " + open);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void assertReset(Socket socket) {
    assertThrows(
        SocketException.class,
        () -> {
          if (socket.getInputStream().read() == -1) {
            throw new SocketException("ended");
          }
        });
  }

  private static <T> T await(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    assertTrue(next != null, "nothing came");
    return next;
  }

  private final class Recorder implements PeerPort.Events {
    @Override
    public void arteryClosed(InetSocketAddress remote) {
      closed.add(remote);
    }

    @Override
    public void refused(InetSocketAddress remote, Refused why) {
      refused.add(why);
    }
  }
}
