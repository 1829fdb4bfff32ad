package io.conclave.node;

import io.conclave.http.MemberUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a member was told by flags and variables, validated: values that contradict each other never
 * get here. Whether the machine can do it (ports, directories) is found out later.
 *
 * @param name of this member
 * @param dataDirectory as given; may not exist yet
 * @param journalDirectory from {@code --wal-dir}, if the journal shall not be in the data directory
 * @param snapshotCount applied entries between two snapshots, at least 1
 * @param heartbeatInterval at least 1 ms
 * @param electionTimeout at least five heartbeats, at most 50 s
 * @param listenPeerUrls sorted, not empty, like all lists of URLs here
 * @param maxSnapshots snapshot files to keep, 0 for all
 * @param watchHistory events that watches can go back to, 1 to {@value #WATCH_HISTORY_MAX}
 * @param corsOrigins that browsers may come from, {@code *} for all
 * @param initialCluster may lack this member; counts only while the data directory is empty
 * @param clusterToken tells clusters with equal URLs apart
 * @param joinsCluster whether an empty data directory joins a cluster that exists
 */
public record NodeSettings(
    String name,
    Path dataDirectory,
    Optional<Path> journalDirectory,
    long snapshotCount,
    Duration heartbeatInterval,
    Duration electionTimeout,
    List<MemberUrl> listenPeerUrls,
    List<MemberUrl> listenClientUrls,
    List<MemberUrl> advertisePeerUrls,
    boolean advertisePeerUrlsGiven,
    List<MemberUrl> advertiseClientUrls,
    int maxSnapshots,
    int watchHistory,
    List<String> corsOrigins,
    InitialCluster initialCluster,
    boolean initialClusterGiven,
    String clusterToken,
    boolean joinsCluster,
    boolean strictReconfigCheck) {
  /** Longest election timeout, in ms. */
  static final long ELECTION_TIMEOUT_MS_MAX = 50_000;

  /**
   * Most events that {@code --watch-history} can ask for; how much heap they take has its own
   * limit.
   */
  static final int WATCH_HISTORY_MAX = 1_000_000;

  /** Nobody has more snapshot files than this: the same as all. */
  private static final int SNAPSHOTS_MAX = 1_000_000;

  /** What a {@code --snapshot-count} of 0 means. */
  private static final long SNAPSHOT_COUNT_DEFAULT = 10_000;

  private static final String ADVERTISE_HINT =
      "When listening on specific address(es), this etcd process must advertise accessible url(s)"
          + " to each connected client.";

  /**
   * Puts the flags together, in the order of etcd 2.3.8, so that of several problems the same one
   * is reported.
   *
   * @throws StartRefused for flags that contradict each other or are out of range
   */
  static NodeSettings from(FlagValues values, StartupLog log) throws StartRefused {
    refuseTwoWaysToBootstrap(values);
    var peerTls = TlsSettings.ofPeers(values);
    var clientTls = TlsSettings.ofClients(values);
    List<MemberUrl> listenPeerUrls =
        listenUrls(values, Flag.LISTEN_PEER_URLS, Flag.PEER_BIND_ADDR, Flag.PEER_ADDR, peerTls);
    List<MemberUrl> advertisePeerUrls =
        urls(values, Flag.INITIAL_ADVERTISE_PEER_URLS, Flag.PEER_ADDR, peerTls);
    List<MemberUrl> listenClientUrls =
        listenUrls(values, Flag.LISTEN_CLIENT_URLS, Flag.BIND_ADDR, Flag.ADDR, clientTls);
    List<MemberUrl> advertiseClientUrls =
        urls(values, Flag.ADVERTISE_CLIENT_URLS, Flag.ADDR, clientTls);
    refuseMissingClientUrls(values);
    refuseBadTimes(values);
    return new NodeSettings(
        values.text(Flag.NAME),
        dataDirectory(values, log),
        values.text(Flag.WAL_DIR).isEmpty()
            ? Optional.empty()
            : Optional.of(Path.of(values.text(Flag.WAL_DIR))),
        values.number(Flag.SNAPSHOT_COUNT) == 0
            ? SNAPSHOT_COUNT_DEFAULT
            : values.number(Flag.SNAPSHOT_COUNT),
        Duration.ofMillis(values.number(Flag.HEARTBEAT_INTERVAL)),
        Duration.ofMillis(values.number(Flag.ELECTION_TIMEOUT)),
        listenPeerUrls,
        listenClientUrls,
        advertisePeerUrls,
        values.isGiven(Flag.INITIAL_ADVERTISE_PEER_URLS) || values.isGiven(Flag.PEER_ADDR),
        advertiseClientUrls,
        (int) Math.min(SNAPSHOTS_MAX, values.number(Flag.MAX_SNAPSHOTS)),
        watchHistory(values),
        origins(values.text(Flag.CORS)),
        initialCluster(values),
        values.isGiven(Flag.INITIAL_CLUSTER),
        values.text(Flag.INITIAL_CLUSTER_TOKEN),
        values.text(Flag.INITIAL_CLUSTER_STATE).equals("existing"),
        values.isOn(Flag.STRICT_RECONFIG_CHECK));
  }

  private static void refuseTwoWaysToBootstrap(FlagValues values) throws StartRefused {
    long ways =
        List.of(Flag.DISCOVERY, Flag.INITIAL_CLUSTER, Flag.DISCOVERY_SRV).stream()
            .filter(values::isGiven)
            .count();
    if (ways > 1) {
      throw StartRefused.flags(
          "multiple discovery or bootstrap flags are set. Choose one of \"initial-cluster\","
              + " \"discovery\" or \"discovery-srv\"");
    }
  }

  /**
   * The URLs to listen on: from their flag, or from either of the two that stood there before 2.0.
   */
  private static List<MemberUrl> listenUrls(
      FlagValues values, Flag urls, Flag bindAddress, Flag address, TlsSettings tls)
      throws StartRefused {
    if (!values.isGiven(bindAddress) && values.isGiven(address)) {
      refuseBoth(values.isGiven(urls), urls, bindAddress);
      return List.of(values.address(address).onAllAddresses().toUrl(scheme(tls)));
    }
    return urls(values, urls, bindAddress, tls);
  }

  private static List<MemberUrl> urls(FlagValues values, Flag urls, Flag address, TlsSettings tls)
      throws StartRefused {
    if (!values.isGiven(address)) {
      return values.urls(urls);
    }
    refuseBoth(values.isGiven(urls), urls, address);
    return List.of(values.address(address).toUrl(scheme(tls)));
  }

  private static void refuseBoth(boolean both, Flag one, Flag other) throws StartRefused {
    if (both) {
      throw StartRefused.flags(
          "Set only one of flags -%s and -%s".formatted(one.flagName(), other.flagName()));
    }
  }

  private static String scheme(TlsSettings tls) {
    return tls.isEmpty() ? "http" : "https";
  }

  private static void refuseMissingClientUrls(FlagValues values) throws StartRefused {
    boolean mayBecomeProxy =
        !values.text(Flag.PROXY).equals("off")
            || values.isGiven(Flag.DISCOVERY)
                && values.text(Flag.DISCOVERY_FALLBACK).equals("proxy");
    if (!mayBecomeProxy
        && values.isGiven(Flag.LISTEN_CLIENT_URLS)
        && !values.isGiven(Flag.ADVERTISE_CLIENT_URLS)) {
      throw StartRefused.flags(
          "-advertise-client-urls is required when -listen-client-urls is set explicitly",
          ADVERTISE_HINT);
    }
  }

  private static void refuseBadTimes(FlagValues values) throws StartRefused {
    long heartbeat = values.number(Flag.HEARTBEAT_INTERVAL);
    long election = values.number(Flag.ELECTION_TIMEOUT);
    if (heartbeat > election / 5) {
      throw StartRefused.flags(
          "-election-timeout[%dms] should be at least as 5 times as -heartbeat-interval[%dms]"
              .formatted(election, heartbeat));
    }
    if (election > ELECTION_TIMEOUT_MS_MAX) {
      throw StartRefused.flags(
          "-election-timeout[%dms] is too long, and should be set less than %dms"
              .formatted(election, ELECTION_TIMEOUT_MS_MAX));
    }
    if (heartbeat < 1) {
      throw StartRefused.flags("-heartbeat-interval[0ms] should be at least 1ms");
    }
  }

  private static int watchHistory(FlagValues values) throws StartRefused {
    long events = values.number(Flag.WATCH_HISTORY);
    if (events < 1 || events > WATCH_HISTORY_MAX) {
      throw StartRefused.flags(
          "-watch-history[%d] should be from 1 to %d".formatted(events, WATCH_HISTORY_MAX));
    }
    return (int) events;
  }

  private static Path dataDirectory(FlagValues values, StartupLog log) {
    if (!values.text(Flag.DATA_DIR).isEmpty()) {
      return Path.of(values.text(Flag.DATA_DIR));
    }
    var path = Path.of(values.text(Flag.NAME) + ".etcd");
    log.warn("no data-dir provided, using default data-dir ./" + path);
    return path;
  }

  /** If only the name was given, the cluster is that member alone. */
  private static InitialCluster initialCluster(FlagValues values) throws StartRefused {
    String text =
        values.isGiven(Flag.INITIAL_CLUSTER)
            ? values.text(Flag.INITIAL_CLUSTER)
            : InitialCluster.defaultFor(values.text(Flag.NAME));
    Optional<String> problem = InitialCluster.problem(text);
    if (problem.isPresent()) {
      throw StartRefused.because("error setting up initial cluster: %s", problem.get());
    }
    return InitialCluster.parse(text);
  }

  private static List<String> origins(String list) {
    return Arrays.stream(list.split(","))
        .map(String::strip)
        .filter(origin -> !origin.isEmpty())
        .toList();
  }
}
