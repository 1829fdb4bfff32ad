package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.conclave.http.MemberUrl;
import io.conclave.node.CommandLine.Request;
import io.conclave.raft.core.MemberId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BootstrapTest {
  private static NodeSettings settings(String... arguments) throws StartRefused {
    StartupLog log = new CapturedLog().log();
    var start = (Request.Start) CommandLine.read(List.of(arguments), Map.of(), log);
    return NodeSettings.from(start.values(), log);
  }

  private static NodeSettings member(String name, String advertised, String cluster)
      throws StartRefused {
    return settings(
        "--name", name, "--initial-advertise-peer-urls", advertised, "--initial-cluster", cluster);
  }

  private static List<String> refused(NodeSettings settings) {
    var refused = assertThrows(StartRefused.class, () -> Bootstrap.verify(settings));
    var lines = new ArrayList<String>(List.of(refused.getMessage()));
    lines.addAll(refused.hints());
    return lines;
  }

  /** The example of spec v2-cluster §4. */
  @Test
  void idsAreThoseOfEtcd() throws StartRefused {
    NodeSettings settings =
        member(
            "b",
            "http://127.0.0.1:25021",
            "a=http://127.0.0.1:25011,b=http://127.0.0.1:25021,c=http://127.0.0.1:25031");
    Bootstrap.verify(settings);
    Bootstrap bootstrap = Bootstrap.of(settings);
    assertEquals("42804af8a2c99ace", bootstrap.self().toString());
    assertEquals("e199b7530b009951", Long.toHexString(bootstrap.clusterId()));
    assertEquals(
        List.of("42804af8a2c99ace", "7fa0243da41856f2", "abfe7e1285cdc0c9"),
        bootstrap.founders().orElseThrow().voters().stream().map(MemberId::toString).toList());
    assertEquals(
        "b", bootstrap.founders().orElseThrow().member(bootstrap.self()).orElseThrow().name());
    assertEquals(
        List.of("http://127.0.0.1:25021"),
        bootstrap.peerUrls().of(bootstrap.self()).stream().map(MemberUrl::toString).toList());
  }

  /** Every etcd 2 that was ever started without flags has these ids. */
  @Test
  void theDefaultMemberHasTheWellKnownIds() throws StartRefused {
    NodeSettings settings = settings();
    Bootstrap.verify(settings);
    Bootstrap bootstrap = Bootstrap.of(settings);
    assertEquals("ce2a822cea30bfca", bootstrap.self().toString());
    assertEquals("7e27652122e8b2ae", Long.toHexString(bootstrap.clusterId()));
  }

  @Test
  void theTokenChangesTheIds() throws StartRefused {
    assertEquals(
        false,
        Bootstrap.of(settings()).equals(Bootstrap.of(settings("--initial-cluster-token", "x"))));
  }

  @Test
  void theOwnNameMustBeInTheCluster() throws StartRefused {
    assertEquals(
        List.of("couldn't find local name \"S\" in the initial cluster configuration"),
        refused(member("S", "http://a.invalid:1", "s=http://a.invalid:1")));
    assertEquals(
        List.of("couldn't find local name \"s\" in the initial cluster configuration"),
        refused(member("s", "http://a.invalid:1", "")));
  }

  @Test
  void theAdvertisedUrlsMustBeThoseOfTheCluster() throws StartRefused {
    assertEquals(
        List.of(
            "--initial-cluster must include s=http://127.0.0.1:1,s=http://127.0.0.1:2 given"
                + " --initial-advertise-peer-urls=http://127.0.0.1:1,http://127.0.0.1:2"),
        refused(member("s", "http://127.0.0.1:2,http://127.0.0.1:1", "s=http://127.0.0.1:1")));
    assertEquals(
        List.of(
            "--initial-cluster must include default=http://127.0.0.1:1 given"
                + " --initial-advertise-peer-urls=http://127.0.0.1:1",
            "forgot to set --initial-cluster flag?",
            "if you want to use discovery service, please set --discovery flag."),
        refused(settings("--initial-advertise-peer-urls", "http://127.0.0.1:1")));
  }

  @Test
  void aNameAndItsAddressAreTheSame() throws StartRefused {
    Bootstrap.verify(member("s", "http://localhost:1", "s=http://127.0.0.1:1"));
  }

  @Test
  void oneUrlMustNotBelongToTwo() throws StartRefused {
    assertEquals(
        List.of(
            "initial cluster a=http://127.0.0.1:3,b=http://127.0.0.1:2,s=http://127.0.0.1:2 has"
                + " duplicate url"),
        refused(
            member(
                "s",
                "http://127.0.0.1:2",
                "b=http://127.0.0.1:2,s=http://127.0.0.1:2,a=http://127.0.0.1:3")));
  }

  @Test
  void aClusterHasAtMost64Founders() throws StartRefused {
    String founders =
        IntStream.rangeClosed(1, 65)
            .mapToObj(port -> "m%d=http://127.0.0.1:%d".formatted(port, port))
            .collect(Collectors.joining(","));
    assertEquals(
        List.of("initial cluster has 65 members, the limit is 64"),
        refused(member("m1", "http://127.0.0.1:1", founders)));
  }
}
