package io.conclave.cluster;

import io.conclave.keyspace.Published;
import io.conclave.keyspace.tree.ClusterMember;
import io.conclave.raft.Publications;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.peer.PeerAddress;
import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.ClusterEvent.ClusterDomainEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.ReachabilityEvent;
import org.apache.pekko.cluster.ClusterEvent.UnreachableMember;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.cluster.typed.Subscribe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets Pekko Cluster follow Raft: joins when Raft has a leader, and publishes whom the cluster
 * reaches. It never removes anybody, and nothing waits for it (architecture §8.7).
 */
public final class ClusterLink extends AbstractMatchingBehavior<ClusterLink.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterLink.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** Looks at the same missing members before they are told of: a joiner needs some seconds. */
  private static final int LOOKS_BEFORE_WARNING = 60;

  private static final String ROLE_PREFIX = "member-";

  private final Cluster cluster;
  private final Setup setup;
  private List<String> seeds = List.of();
  private NavigableSet<MemberId> missing = new TreeSet<>();
  private int looksAtMissing;

  /** What it accepts; all from this process. */
  sealed interface Command {}

  private enum Clock implements Command {
    TICK
  }

  private record Happened(ClusterDomainEvent event) implements Command {}

  /**
   * @param raft whom it follows
   * @param address of this process, host and port
   * @param health is published here
   * @param unreachable is told of a peer that went silent: a hint to probe it
   */
  public record Setup(
      Publications raft,
      String address,
      Published<ClusterHealth> health,
      Consumer<MemberId> unreachable) {}

  private ClusterLink(ActorContext<Command> context, TimerScheduler<Command> timers, Setup setup) {
    super(context);
    this.setup = setup;
    this.cluster = Cluster.get(context.getSystem());
    ActorRef<MemberEvent> members = context.messageAdapter(MemberEvent.class, Happened::new);
    ActorRef<ReachabilityEvent> reachability =
        context.messageAdapter(ReachabilityEvent.class, Happened::new);
    cluster.subscriptions().tell(Subscribe.create(members, MemberEvent.class));
    cluster.subscriptions().tell(Subscribe.create(reachability, ReachabilityEvent.class));
    timers.startTimerWithFixedDelay(Clock.TICK, Duration.ZERO, INTERVAL);
  }

  /** To be spawned once per actor system, whose provider must be {@code cluster}. */
  public static Behavior<Command> create(Setup setup) {
    return Behaviors.supervise(
            Behaviors.<Command>withTimers(
                timers -> Behaviors.setup(context -> new ClusterLink(context, timers, setup))))
        .onFailure(SupervisorStrategy.restart());
  }

  /** The role in Pekko Cluster that tells which member a process is. */
  public static String role(MemberId member) {
    return ROLE_PREFIX + member;
  }

  @Override
  public Behavior<Command> onMessage(Command command) {
    switch (command) {
      case Clock.TICK -> {
        join();
        publish();
      }
      case Happened(ClusterDomainEvent event) -> onHappened(event);
    }
    return this;
  }

  /** A process that has joined ignores later joins, so the plan only matters until then. */
  private void join() {
    if (cluster.isTerminated() || !cluster.selfMember().status().equals(MemberStatus.removed())) {
      return;
    }
    List<String> plan = SeedPlan.of(setup.raft()).seeds(setup.address());
    if (!plan.isEmpty() && !plan.equals(seeds)) {
      seeds = plan;
      cluster.manager().tell(new JoinSeedNodes(plan.stream().map(ClusterLink::address).toList()));
    }
  }

  private void publish() {
    ClusterEvent.CurrentClusterState state = cluster.state();
    Set<Member> silent = state.getUnreachable();
    NavigableSet<MemberId> unreachable = ids(silent.stream());
    NavigableSet<MemberId> reachable =
        ids(
            StreamSupport.stream(state.getMembers().spliterator(), false)
                .filter(member -> !silent.contains(member)));
    reachable.removeAll(unreachable);
    NavigableSet<MemberId> absent = new TreeSet<>();
    members().forEach(member -> absent.add(member.id()));
    absent.removeAll(reachable);
    absent.removeAll(unreachable);
    setup.health().set(new ClusterHealth(reachable, unreachable, absent));
    warnOfMissing(absent);
  }

  private void warnOfMissing(NavigableSet<MemberId> absent) {
    looksAtMissing = absent.equals(missing) ? looksAtMissing + 1 : 0;
    missing = absent;
    if (!missing.isEmpty() && looksAtMissing == LOOKS_BEFORE_WARNING) {
      LOG.atWarn()
          .addKeyValue("member", setup.raft().view().get().self())
          .addKeyValue("missing", missing)
          .log("Pekko Cluster does not see all members; Raft does not need it");
    }
  }

  private void onHappened(ClusterDomainEvent event) {
    if (event instanceof UnreachableMember silent) {
      tell(silent.member(), "Pekko Cluster reaches a member no more", true);
      id(silent.member()).ifPresent(setup.unreachable());
    } else if (event instanceof ReachabilityEvent back) {
      tell(back.member(), "Pekko Cluster reaches a member again", false);
    } else if (event instanceof MemberEvent change) {
      tell(change.member(), "Pekko Cluster changed", false);
    }
    publish();
  }

  private void tell(Member peer, String text, boolean degraded) {
    (degraded ? LOG.atWarn() : LOG.atDebug())
        .addKeyValue("member", setup.raft().view().get().self())
        .addKeyValue("peer", id(peer).map(MemberId::toString).orElse("unknown"))
        .addKeyValue("address", peer.address().hostPort())
        .addKeyValue("status", peer.status())
        .log(text);
  }

  private List<ClusterMember> members() {
    return setup.raft().tree().get().members();
  }

  private static NavigableSet<MemberId> ids(Stream<Member> members) {
    NavigableSet<MemberId> ids = new TreeSet<>();
    members.forEach(member -> id(member).ifPresent(ids::add));
    return ids;
  }

  /** Roles are what another process says, which need not be one of ours. */
  private static Optional<MemberId> id(Member member) {
    try {
      return member.getRoles().stream()
          .filter(role -> role.startsWith(ROLE_PREFIX))
          .map(role -> MemberId.parse(role.substring(ROLE_PREFIX.length())))
          .findFirst();
    } catch (NumberFormatException noId) {
      return Optional.empty();
    }
  }

  private static Address address(String hostAndPort) {
    return AddressFromURIString.parse("pekko://" + PeerAddress.SYSTEM + "@" + hostAndPort);
  }
}
