package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.node.CommandLine.Request;
import io.conclave.raft.core.MemberId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a peer that says what a member of etcd 2.3.8 says on its peer port. */
final class JoiningTest {
  private static final String OWN = "http://127.0.0.1:1";

  private final CapturedLog log = new CapturedLog();
  private PeerAnswering peer;

  @BeforeEach
  void listen() throws IOException {
    peer = new PeerAnswering();
    peer.members(members(""));
  }

  @AfterEach
  void close() {
    peer.close();
  }

  /**
   * @param own attributes of the joiner after its URLs
   */
  private String members(String own) {
    return """
    [{"id":10276657743932975437,"peerURLs":["%s"],"name":"a","clientURLs":["http://c:1"]},
     {"id":5,"peerURLs":["%s"]%s}]
    """
        .formatted(peer.url(), OWN, own);
  }

  private Bootstrap join(String cluster) throws StartRefused {
    return begin(cluster, "existing");
  }

  private Bootstrap begin(String cluster, String state) throws StartRefused {
    List<String> flags =
        List.of(
            "--name",
            "b",
            "--initial-advertise-peer-urls",
            OWN,
            "--initial-cluster-state",
            state,
            "--initial-cluster",
            cluster);
    var start = (Request.Start) CommandLine.read(flags, Map.of(), log.log());
    return Bootstrap.begin(NodeSettings.from(start.values(), log.log()), log.log());
  }

  private String cluster() {
    return "a=" + peer.url() + ",b=" + OWN;
  }

  private StartRefused refused(String cluster) {
    return assertThrows(StartRefused.class, () -> join(cluster));
  }

  @Test
  void aJoinerTakesItsIdsFromTheCluster() throws StartRefused {
    Bootstrap joined = join(cluster());
    assertEquals(new MemberId(5), joined.self());
    assertEquals("fedcba9876543210", Long.toHexString(joined.clusterId()));
    assertEquals(Optional.empty(), joined.founders());
    MemberId other = new MemberId(Long.parseUnsignedLong("10276657743932975437"));
    assertEquals(peer.url(), joined.peerUrls().of(other).getFirst().toString());
    assertEquals(OWN, joined.peerUrls().of(joined.self()).getFirst().toString());
  }

  @Test
  void theClusterMustHaveAsManyMembers() {
    String text = refused(cluster() + ",c=http://127.0.0.1:3").getMessage();
    assertEquals(
        "error validating peerURLs {ClusterID:fedcba9876543210 Members:[&{ID:8e9e05c52164694d"
            + " RaftAttributes:{PeerURLs:["
            + peer.url()
            + "]} Attributes:{Name:a ClientURLs:[http://c:1]}} &{ID:5 RaftAttributes:{PeerURLs:["
            + OWN
            + "]} Attributes:{Name: ClientURLs:[]}}] RemovedMemberIDs:[]}: member count is unequal",
        text);
  }

  @Test
  void everyMemberMustHaveTheUrlsThatItHasInTheCluster() {
    String text = refused("a=" + peer.url() + ",b=http://127.0.0.1:2").getMessage();
    assertTrue(text.endsWith("}: unmatched member while checking PeerURLs"), text);
  }

  @Test
  void somebodyMustAnswer() {
    String text =
        "cannot fetch cluster info from peer urls: could not retrieve cluster information from the"
            + " given urls";
    assertEquals(text, refused("b=" + OWN).getMessage());
    assertEquals(text, refused("a=http://127.0.0.1:2,b=" + OWN).getMessage());
    peer.members("no JSON");
    assertEquals(text, refused(cluster()).getMessage());
    peer.members("{}");
    assertEquals(text, refused(cluster()).getMessage());
  }

  @Test
  void theVersionMustBeKnownAndOneOfOurs() throws StartRefused {
    String text = "incomptible with current running cluster";
    for (String cluster : List.of("not_decided", "2.1.0", "2.4.0", "3.0.0", "2")) {
      peer.version("{\"etcdserver\":\"2.3.8\",\"etcdcluster\":\"" + cluster + "\"}");
      assertEquals(text, refused(cluster()).getMessage(), cluster);
    }
    peer.version("{\"etcdserver\":\"2.2.5\",\"etcdcluster\":\"2.2.0\"}");
    assertEquals(new MemberId(5), join(cluster()).self());
  }

  @Test
  void aMemberThatRanBeforeHasLostItsData() {
    peer.members(members(",\"name\":\"b\",\"clientURLs\":[\"http://c:2\"]"));
    StartRefused refused = refused(cluster());
    assertEquals(13, refused.exitCode());
    assertEquals("member 5 has already been bootstrapped", refused.getMessage());
    assertEquals(1, refused.hints().size());
  }

  @Test
  void aFounderMustNotBeKnownAsStarted() throws StartRefused {
    Bootstrap first = begin(cluster(), "new");
    assertTrue(first.founders().isPresent());
    String own = Long.toUnsignedString(first.self().value());
    peer.members(members("").replace("\"id\":5", "\"id\":" + own));
    assertEquals(first, begin(cluster(), "new"));
    peer.members(
        members(",\"name\":\"b\",\"clientURLs\":[\"http://c:2\"]")
            .replace("\"id\":5", "\"id\":" + own));
    var refused = assertThrows(StartRefused.class, () -> begin(cluster(), "new"));
    assertEquals("member " + first.self() + " has already been bootstrapped", refused.getMessage());
    assertEquals(13, refused.exitCode());
  }
}
