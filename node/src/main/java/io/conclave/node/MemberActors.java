package io.conclave.node;

import com.typesafe.config.Config;
import io.conclave.cluster.ClusterHealth;
import io.conclave.cluster.ClusterLink;
import io.conclave.http.HttpSettings;
import io.conclave.http.MemberGateways;
import io.conclave.http.MemberUrl;
import io.conclave.http.MetricSource;
import io.conclave.http.PrometheusText;
import io.conclave.keyspace.KeySpaceSettings;
import io.conclave.keyspace.Published;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.persistence.PersistenceSettings;
import io.conclave.persistence.RaftJournal;
import io.conclave.persistence.StorageStats;
import io.conclave.raft.Clocks;
import io.conclave.raft.MemberAccess;
import io.conclave.raft.MemberIdentity;
import io.conclave.raft.MemberSetup;
import io.conclave.raft.Publications;
import io.conclave.raft.RaftSettings;
import io.conclave.raft.RaftSupervisor;
import io.conclave.watch.WatchBacklog;
import io.conclave.watch.WatchFeed;
import io.conclave.watch.WatchSettings;
import io.conclave.watch.WatchStats;
import io.conclave.watch.WatcherHub;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * The actors that a member consists of, tied together.
 *
 * @param gateways what HTTP sees of them
 * @param health what Pekko Cluster sees, if it is on
 */
record MemberActors(
    ActorRef<RaftSupervisor.Command> raft,
    MemberGateways gateways,
    Published<ClusterHealth> health) {

  /**
   * Reads the settings of all of them once before anything starts.
   *
   * @throws io.conclave.settings.InvalidSettings for the first module that has a bad one
   */
  static void checkSettings(Config config) {
    RaftSettings.from(config);
    KeySpaceSettings.from(config);
    WatchSettings.from(config);
    PersistenceSettings.from(config);
    HttpSettings.from(config);
  }

  /**
   * Spawns them as children of the guardian; the Raft subtree begins to recover at once.
   *
   * @param metrics what the guardian measures itself
   */
  static MemberActors spawn(
      ActorContext<?> context, NodeGuardian.Member member, MetricSource metrics) {
    Config config = context.getSystem().settings().config();
    Identity identity = member.directory().identity().orElseThrow();
    NodeSettings settings = member.settings();
    KeySpaceSettings keySpace = KeySpaceSettings.from(config);
    RaftSettings raftSettings = RaftSettings.from(config);
    WatchSettings watch = WatchSettings.from(config);
    Publications published =
        Publications.ofStarting(
            identity.member(), identity.clusterId(), KeySpace.initial(keySpace.history()));
    Published<ClusterHealth> health = new Published<>(ClusterHealth.UNKNOWN);
    Published<WatchStats> watchStats = new Published<>(WatchStats.NONE);
    WatchBacklog backlog = new WatchBacklog(watch.backlogEventsMax());
    ActorRef<WatcherHub.Command> hub =
        context.spawn(
            WatcherHub.create(watch, published.tree()::get, watchStats::set, backlog), "watch");
    MemberSetup setup =
        new MemberSetup(
            raftSettings,
            keySpace,
            new MemberIdentity(
                identity.member(),
                identity.clusterId(),
                settings.name(),
                settings.advertiseClientUrls().stream().map(MemberUrl::toString).toList()),
            member.founding(),
            member.peers(),
            published,
            new MemberAccess(raftSettings.pending()),
            Clocks.SYSTEM,
            new SecureRandom());
    ActorRef<RaftSupervisor.Command> raft =
        context.spawn(
            RaftSupervisor.create(
                setup,
                new WatchFeed(hub, backlog),
                RaftJournal.factory(PersistenceSettings.from(config)),
                member.exit()),
            "raft",
            DispatcherSelector.fromConfig(RaftSettings.DISPATCHER));
    return new MemberActors(
        raft,
        new MemberGateways(
            published,
            setup.access(),
            keySpace.limit(),
            hub.narrow(),
            watchStats,
            NodeConfig.requestTimeout(settings),
            setup.raft().core().strictReconfiguration(),
            settings.name(),
            Instant.now(),
            LogLevels::setRoot,
            List.of(
                metrics,
                text -> write(health.get(), text),
                new StorageMetrics(StorageStats.of(context.getSystem())),
                BuildVersion::writeTo)),
        health);
  }

  /** Lets Pekko Cluster follow Raft; to be called when the peers can reach this process. */
  void linkCluster(ActorContext<?> context, String address) {
    if (NodeConfig.hasCluster(context.getSystem().settings().config())) {
      context.spawn(
          ClusterLink.create(
              new ClusterLink.Setup(
                  gateways.published(), address, health, gateways.member()::peerSilent)),
          "cluster");
    }
  }

  private static void write(ClusterHealth health, PrometheusText text) {
    String name = "etcd_cluster_members";
    text.announce(name, "Members as Pekko Cluster sees them; Raft does not ask it.", "gauge")
        .sample(name, "state=\"reachable\"", health.reachable().size())
        .sample(name, "state=\"unreachable\"", health.unreachable().size())
        .sample(name, "state=\"missing\"", health.missing().size());
  }
}
