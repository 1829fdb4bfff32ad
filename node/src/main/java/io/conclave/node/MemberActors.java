package io.conclave.node;

import com.typesafe.config.Config;
import io.conclave.http.MemberGateways;
import io.conclave.http.MemberUrl;
import io.conclave.http.MetricSource;
import io.conclave.keyspace.KeySpaceSettings;
import io.conclave.keyspace.Published;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.persistence.PersistenceSettings;
import io.conclave.persistence.RaftJournal;
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
 */
record MemberActors(ActorRef<RaftSupervisor.Command> raft, MemberGateways gateways) {

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
            identity.member(), identity.clusterId(), KeySpace.initial(keySpace.historyEvents()));
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
            hub.narrow(),
            watchStats,
            NodeConfig.requestTimeout(settings),
            settings.name(),
            Instant.now(),
            LogLevels::setRoot,
            List.of(metrics)));
  }
}
