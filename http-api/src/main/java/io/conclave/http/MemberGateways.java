package io.conclave.http;

import io.conclave.keyspace.Published;
import io.conclave.keyspace.TreeLimit;
import io.conclave.raft.MemberAccess;
import io.conclave.raft.Publications;
import io.conclave.watch.WatchRequest;
import io.conclave.watch.WatchStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * All that the HTTP side knows of the member behind it.
 *
 * @param published what reads are served from
 * @param member where writes and linearizable reads go
 * @param treeLimit how much the keys may take here
 * @param watchers where watches are registered
 * @param watchStats published by the watcher hub
 * @param requestTimeout for a write or a linearizable read, 5 s + 2 election timeouts in etcd
 * @param strictReconfigCheck refuse changes that leave too few members that have started
 * @param name of this member
 * @param startedAt when the process started
 * @param logLevels what {@code /config/local/log} switches
 * @param metrics what {@code /metrics} shows beside the HTTP side's own
 */
public record MemberGateways(
    Publications published,
    MemberAccess member,
    TreeLimit treeLimit,
    ActorRef<WatchRequest> watchers,
    Published<WatchStats> watchStats,
    Duration requestTimeout,
    boolean strictReconfigCheck,
    String name,
    Instant startedAt,
    LogLevels logLevels,
    List<MetricSource> metrics) {
  public MemberGateways {
    metrics = List.copyOf(metrics);
  }

  /** Sets the level of the process's log. */
  @FunctionalInterface
  public interface LogLevels {
    void set(LogLevel level);
  }

  /** The levels of etcd's log, most important first. */
  public enum LogLevel {
    CRITICAL,
    ERROR,
    WARNING,
    NOTICE,
    INFO,
    DEBUG,
    TRACE
  }
}
