package io.conclave.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.conclave.cluster.ClusterLink;
import io.conclave.raft.core.MemberId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lays flags over the settings of the modules: what a flag says wins over any file. */
final class NodeConfig {
  /** Port on loopback at which Artery listens behind the {@link PeerPort}. */
  static final String ARTERY_PORT = "pekko.remote.artery.bind.port";

  private NodeConfig() {}

  /**
   * @param artery where the peers reach this process
   * @param arteryPort where Artery listens, on loopback
   */
  static Config of(
      NodeSettings settings, DataDirectory directory, ArteryAddress artery, int arteryPort) {
    Config files = ConfigFactory.load();
    MemberId self = directory.identity().orElseThrow().member();
    Map<String, Object> flags = new HashMap<>();
    flags.put("conclave.raft.heartbeat-interval", settings.heartbeatInterval());
    flags.put("conclave.raft.election-timeout", settings.electionTimeout());
    flags.put("conclave.raft.strict-reconfig-check", settings.strictReconfigCheck());
    flags.put("conclave.raft.snapshot.count", settings.snapshotCount());
    flags.put("conclave.keyspace.history-events", settings.watchHistory());
    flags.put("conclave.http.cors", String.join(",", settings.corsOrigins()));
    flags.put("conclave.persistence.directory", text(directory.member()));
    flags.put("conclave.persistence.journal-directory", text(directory.journal()));
    flags.put("conclave.persistence.max-snapshots", settings.maxSnapshots());
    flags.put("pekko.actor.provider", hasCluster(files) ? "cluster" : "remote");
    flags.put("pekko.cluster.roles", List.of(ClusterLink.role(self)));
    flags.put("pekko.remote.artery.canonical.hostname", artery.host());
    flags.put("pekko.remote.artery.canonical.port", artery.port());
    flags.put("pekko.remote.artery.bind.hostname", "127.0.0.1");
    flags.put(ARTERY_PORT, arteryPort);
    flags.replaceAll(
        (key, value) -> value instanceof Duration time ? time.toMillis() + " ms" : value);
    return ConfigFactory.parseMap(flags, "flags").withFallback(files).resolve();
  }

  /** Whether members also form a Pekko Cluster. */
  static boolean hasCluster(Config config) {
    return config.getBoolean("conclave.cluster");
  }

  /** etcd waits so long for a write or a linearizable read (spec v2-keys §19). */
  static Duration requestTimeout(NodeSettings settings) {
    return Duration.ofSeconds(5).plus(settings.electionTimeout().multipliedBy(2));
  }

  private static String text(Path path) {
    return path.toAbsolutePath().toString();
  }
}
