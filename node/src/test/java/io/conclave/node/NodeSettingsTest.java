package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.conclave.http.MemberUrl;
import io.conclave.node.CommandLine.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NodeSettingsTest {
  private final CapturedLog log = new CapturedLog();

  private NodeSettings settings(String... arguments) throws StartRefused {
    var start = (Request.Start) CommandLine.read(List.of(arguments), Map.of(), log.log());
    return NodeSettings.from(start.values(), log.log());
  }

  @Test
  void withoutFlagsItIsAClusterOfOneOnTheUsualPorts() throws StartRefused {
    NodeSettings settings = settings();
    assertEquals(Path.of("default.etcd"), settings.dataDirectory());
    assertEquals(Duration.ofMillis(100), settings.heartbeatInterval());
    assertEquals(Duration.ofSeconds(1), settings.electionTimeout());
    assertEquals(
        "http://localhost:2379,http://localhost:4001", MemberUrl.join(settings.listenClientUrls()));
    assertEquals(
        "http://localhost:2380,http://localhost:7001", MemberUrl.join(settings.listenPeerUrls()));
    assertEquals(InitialCluster.defaultFor("default"), settings.initialCluster().toString());
    assertEquals(1000, settings.watchHistory());
    assertEquals(List.of(), settings.corsOrigins());
    assertEquals(Optional.empty(), settings.journalDirectory());
  }

  @Test
  void theNameNamesTheDirectoryAndTheCluster() throws StartRefused {
    NodeSettings settings = settings("--name", "x");
    assertEquals(Path.of("x.etcd"), settings.dataDirectory());
    assertEquals(InitialCluster.defaultFor("x"), settings.initialCluster().toString());
  }

  @Test
  void addressFlagsFromBefore2BecomeUrls() throws StartRefused {
    NodeSettings settings = settings("--addr", "10.0.0.1:4001", "--peer-addr", "10.0.0.1:7001");
    assertEquals("http://[::]:4001", MemberUrl.join(settings.listenClientUrls()));
    assertEquals("http://10.0.0.1:4001", MemberUrl.join(settings.advertiseClientUrls()));
    assertEquals("http://[::]:7001", MemberUrl.join(settings.listenPeerUrls()));
    assertEquals("http://10.0.0.1:7001", MemberUrl.join(settings.advertisePeerUrls()));
    NodeSettings bound = settings("--addr", "10.0.0.1:4001", "--bind-addr", "127.0.0.1:1");
    assertEquals("http://127.0.0.1:1", MemberUrl.join(bound.listenClientUrls()));
    NodeSettings secure =
        settings("--addr", "10.0.0.1:1", "--cert-file", "c.pem", "--key-file", "k.pem");
    assertEquals("https://10.0.0.1:1", MemberUrl.join(secure.advertiseClientUrls()));
  }

  @Test
  void zeroSnapshotCountMeansTheDefault() throws StartRefused {
    assertEquals(10000, settings("--snapshot-count", "0").snapshotCount());
  }

  @Test
  void anyNumberOfSnapshotsMayBeAskedFor() throws StartRefused {
    assertEquals(7, settings("--max-snapshots", "7").maxSnapshots());
    assertEquals(1_000_000, settings("--max-snapshots", "99999999999").maxSnapshots());
  }

  @Test
  void originsAreTrimmed() throws StartRefused {
    assertEquals(List.of("http://a", "*"), settings("--cors", " http://a ,,*").corsOrigins());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--heartbeat-interval 201 | -election-timeout[1000ms] should be at least as 5 times as"
            + " -heartbeat-interval[201ms]",
        "--heartbeat-interval 9223372036854775807 | -election-timeout[1000ms] should be at least as"
            + " 5 times as -heartbeat-interval[9223372036854775807ms]",
        "--election-timeout 50001 | -election-timeout[50001ms] is too long, and should be set less"
            + " than 50000ms",
        "--heartbeat-interval 0 | -heartbeat-interval[0ms] should be at least 1ms",
        "--watch-history 0 | -watch-history[0] should be from 1 to 1000000",
        "--watch-history 1000001 | -watch-history[1000001] should be from 1 to 1000000",
        "--addr 127.0.0.1:1 --listen-client-urls http://a:1 | Set only one of flags"
            + " -listen-client-urls and -bind-addr",
        "--addr 127.0.0.1:1 --advertise-client-urls http://a:1 | Set only one of flags"
            + " -advertise-client-urls and -addr",
        "--peer-bind-addr 127.0.0.1:1 --listen-peer-urls http://a:1 | Set only one of flags"
            + " -listen-peer-urls and -peer-bind-addr",
        "--initial-cluster s=http://a:1 --discovery http://d:1/x | multiple discovery or bootstrap"
            + " flags are set. Choose one of \"initial-cluster\", \"discovery\" or"
            + " \"discovery-srv\"",
        "--listen-client-urls http://a:1 | -advertise-client-urls is required when"
            + " -listen-client-urls is set explicitly",
        "--listen-client-urls http://a:1 --discovery http://d:1 --discovery-fallback exit |"
            + " -advertise-client-urls is required when -listen-client-urls is set explicitly",
      })
  void flagsThatDontGoTogetherAreRefused(String arguments, String problem) {
    var refused = assertThrows(StartRefused.class, () -> settings(arguments.split(" ")));
    assertEquals(
        "error verifying flags, " + problem + ". See 'etcd --help'.", refused.getMessage());
    assertEquals(1, refused.exitCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x | 'URL scheme must be http or https: '",
        "s= | 'URL scheme must be http or https: '",
        "s=x | URL scheme must be http or https: x",
        "s=http://127.0.0.1 | URL address does not have the form \"host:port\": http://127.0.0.1",
      })
  void aClusterThatCantBeReadIsRefused(String cluster, String problem) {
    var refused = assertThrows(StartRefused.class, () -> settings("--initial-cluster", cluster));
    assertEquals("error setting up initial cluster: " + problem, refused.getMessage());
  }

  @Test
  void aProxyNeedsNoClientUrls() throws StartRefused {
    assertEquals(
        1,
        settings("--listen-client-urls", "http://a:1", "--proxy", "on").listenClientUrls().size());
  }
}
