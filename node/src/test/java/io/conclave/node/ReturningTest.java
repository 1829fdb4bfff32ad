package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.node.CommandLine.Request;
import io.conclave.raft.core.MemberId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReturningTest {
  private static final MemberId SELF = new MemberId(5);
  private static final MemberId OTHER = new MemberId(6);

  private final CapturedLog log = new CapturedLog();

  @TempDir private Path root;
  private DataDirectory directory;
  private PeerAnswering peer;

  @BeforeEach
  void open() throws Exception {
    peer = new PeerAnswering();
    directory = DataDirectory.open(settings());
    directory.write(identity(Long.parseUnsignedLong(PeerAnswering.CLUSTER_ID, 16)));
  }

  @AfterEach
  void close() throws Exception {
    directory.close();
    peer.close();
  }

  private NodeSettings settings(String... advertised) throws StartRefused {
    var flags = new ArrayList<String>(List.of("--data-dir", root.toString()));
    if (advertised.length > 0) {
      flags.add("--initial-advertise-peer-urls");
      flags.add(String.join(",", advertised));
    }
    StartupLog log = new CapturedLog().log();
    var start = (Request.Start) CommandLine.read(flags, Map.of(), log);
    return NodeSettings.from(start.values(), log);
  }

  private static Identity identity(long cluster) {
    return new Identity(SELF, cluster, "0".repeat(32), 1, false, true);
  }

  private void know(Map<MemberId, List<String>> peerUrls) throws Exception {
    new PeerUrls(new TreeMap<>(peerUrls)).write(directory);
  }

  private String address(String... advertised) throws Exception {
    return Returning.address(settings(advertised), directory, log.log()).toString();
  }

  private StartRefused refused(String... advertised) {
    return assertThrows(StartRefused.class, () -> address(advertised));
  }

  @Test
  void beforeAnythingIsKnownItIsTheFirstAdvertisedUrl() throws Exception {
    assertEquals("127.0.0.1:9", address("http://[::1]:8", "http://127.0.0.1:9"));
    assertEquals("localhost:2380", address());
  }

  @Test
  void whatTheClusterKnowsCountsWhateverTheFlagsSay() throws Exception {
    know(Map.of(SELF, List.of("http://a.invalid:2", "http://[::1]:1")));
    assertEquals("[::1]:1", address("http://a.invalid:2", "http://[::1]:1"));
    assertEquals("[::1]:1", address("http://127.0.0.1:9"));
    assertEquals(
        "W | node: --initial-advertise-peer-urls=http://127.0.0.1:9 is ignored: the cluster knows"
            + " member 5 at http://[::1]:1,http://a.invalid:2 until it is told otherwise by PUT"
            + " /v2/members/5",
        log.lines().getLast());
  }

  @Test
  void portsAtWhichNobodyLooksAreWarnedOf() throws Exception {
    know(Map.of(SELF, List.of("http://127.0.0.1:2380")));
    address();
    address("http://127.0.0.1:2380");
    assertEquals(List.of(), log.lines());
    know(Map.of(SELF, List.of("http://127.0.0.1:1")));
    address();
    assertEquals(
        List.of(
            "W | node: the cluster knows member 5 at http://127.0.0.1:1, and no --listen-peer-urls"
                + " has such a port: http://localhost:2380,http://localhost:7001"),
        log.lines());
  }

  @Test
  void aMemberThatMovedWhileItWasDownAsksTheOthers() throws Exception {
    know(Map.of(SELF, List.of("http://127.0.0.1:1"), OTHER, List.of(peer.url())));
    peer.members("[{\"id\":5,\"peerURLs\":[\"http://127.0.0.1:2\"],\"name\":\"a\"}]");
    assertEquals("127.0.0.1:1", address("http://127.0.0.1:1"));
    assertEquals("127.0.0.1:2", address("http://127.0.0.1:2"));
    assertEquals("127.0.0.1:2", address(), "not noted");
  }

  @Test
  void othersOfAnotherClusterAreNotBelieved() throws Exception {
    know(Map.of(SELF, List.of("http://127.0.0.1:1"), OTHER, List.of(peer.url())));
    peer.members("[{\"id\":5,\"peerURLs\":[\"http://127.0.0.1:2\"],\"name\":\"a\"}]");
    directory.write(identity(9));
    assertEquals("127.0.0.1:1", address("http://127.0.0.1:2"));
  }

  @Test
  void anotherMembersDirectoryIsRefused() throws Exception {
    know(Map.of(SELF, List.of("http://127.0.0.1:1"), OTHER, List.of("http://127.0.0.1:6")));
    StartRefused refused = refused("http://127.0.0.1:6");
    assertEquals(13, refused.exitCode());
    assertTrue(refused.getMessage().contains("http://127.0.0.1:6 belongs to member 6"));
  }

  @Test
  void whoeverAnswersAtTheOwnAddressRunsOnTheOriginal() throws Exception {
    know(Map.of(SELF, List.of(peer.url())));
    StartRefused refused = refused();
    assertEquals(13, refused.exitCode());
    assertTrue(
        refused.getMessage().startsWith("another process runs as member 5 at " + peer.url()));
    directory.write(identity(9));
    assertEquals("127.0.0.1:" + peer.port(), address(), "another cluster's is another matter");
  }
}
