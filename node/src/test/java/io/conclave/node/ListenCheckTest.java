package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.node.CommandLine.Request;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ListenCheckTest {
  private static void check(String peerUrl, String clientUrl) throws StartRefused {
    ListenCheck.check(settings(peerUrl, clientUrl));
  }

  private static NodeSettings settings(String peerUrl, String clientUrl) throws StartRefused {
    StartupLog log = new CapturedLog().log();
    List<String> arguments =
        List.of(
            "--listen-peer-urls=" + peerUrl,
            "--listen-client-urls=" + clientUrl,
            "--advertise-client-urls=" + clientUrl);
    var start = (Request.Start) CommandLine.read(arguments, Map.of(), log);
    return NodeSettings.from(start.values(), log);
  }

  private static String refused(String peerUrl, String clientUrl) {
    return assertThrows(StartRefused.class, () -> check(peerUrl, clientUrl)).getMessage();
  }

  @Test
  void freePortsAreLetGoAgain() throws Exception {
    check("http://127.0.0.1:0", "http://localhost:0");
    try (var held = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.2:" + held.getLocalPort();
      check(url, url);
      check(url, url);
    }
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (var taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress("127.0.0.1", 0));
      String address = "127.0.0.1:" + taken.getLocalPort();
      String text = "listen tcp " + address + ": bind: address already in use";
      assertEquals(text, refused("http://127.0.0.1:0", "http://" + address));
      assertEquals(text, refused("http://" + address, "http://127.0.0.1:0"));
    }
  }

  @Test
  void aPortTakenAfterTheCheckIsNamedInTheSameWords() throws Exception {
    assertEquals("listen tcp 127.0.0.1:1: bind: address already in use", late("127.0.0.1"));
    assertEquals("listen tcp [0:0:0:0:0:0:0:1]:1: bind: address already in use", late("::1"));
  }

  private static String late(String host) throws Exception {
    InetSocketAddress address = new InetSocketAddress(host, 1);
    String pekkos = "[" + address + "] Address already in use";
    return ListenCheck.problem(address, new BindException(pekkos));
  }

  @Test
  void theMembersOwnPortsAreKnown() throws Exception {
    NodeSettings settings = settings("http://127.0.0.1:81", "http://0.0.0.0:82");
    assertTrue(ListenCheck.isListenedOn(settings, 81));
    assertTrue(ListenCheck.isListenedOn(settings, 82));
    assertFalse(ListenCheck.isListenedOn(settings, 83));
  }

  @Test
  void arteryGetsNoneOfTheMembersOwnPorts() throws Exception {
    Set<Integer> own = new HashSet<>();
    int port = RunningMember.freeLoopbackPort(found -> own.size() < 3 && own.add(found));
    assertEquals(3, own.size());
    assertFalse(own.contains(port));
  }

  @Test
  void anAddressOfAnotherMachineIsNamed() {
    assertEquals(
        "listen tcp 192.0.2.1:1: bind: cannot assign requested address",
        refused("http://192.0.2.1:1", "http://127.0.0.1:0"));
  }

  @Test
  void aPortThatDoesNotExistIsNamed() {
    assertEquals(
        "listen tcp: address 99999: invalid port",
        refused("http://127.0.0.1:0", "http://127.0.0.1:99999"));
  }
}
