package io.conclave.cluster;

import io.conclave.raft.core.MemberId;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Which members Pekko Cluster sees. Only a hint for people: Raft neither waits for it nor asks it.
 *
 * @param reachable read-only, like the others
 * @param unreachable joined, and silent for some seconds
 * @param missing members by Raft's configuration that have not joined the cluster of this one
 */
public record ClusterHealth(
    NavigableSet<MemberId> reachable,
    NavigableSet<MemberId> unreachable,
    NavigableSet<MemberId> missing) {
  /** Nothing is known yet. */
  public static final ClusterHealth UNKNOWN =
      new ClusterHealth(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());

  public ClusterHealth {
    reachable = copy(reachable);
    unreachable = copy(unreachable);
    missing = copy(missing);
  }

  private static NavigableSet<MemberId> copy(NavigableSet<MemberId> members) {
    return Collections.unmodifiableNavigableSet(new TreeSet<>(members));
  }
}
